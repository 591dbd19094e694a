#include "src/flow/suspense_matters.h"

#include <algorithm>
#include <array>

#include "src/operators/work_item.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

namespace {

using reconciliation::StatementStore;
using reconciliation::StoredLine;

constexpr std::array<std::string_view, 4> kOfPayment{"payment_amount", "payment_late", "payment_surplus",
                                                     "payment_number"};
constexpr std::array<std::string_view, 4> kOfRemittance{"duplicate_payout", "debit_of_rejected", "debit_differs",
                                                        "own_transfer_differs"};

std::string remittance_of(db::Reader& reader, const std::string& line_key) {
    const auto lines = StatementStore::lines(reader, std::span(&line_key, 1));
    return lines.empty() || lines.front().subject_kind != "remittance" ? "" : lines.front().subject_id;
}

/// One work item speaks of all debits under a remittance's reference.
bool has_another(db::Reader& reader, const std::string& remittance) {
    const std::vector<std::string> entries = StatementStore::entries_of(reader, remittance);
    return std::any_of(entries.begin(), entries.end(),
                       [&](const std::string& entry) { return SuspenseStore::find(reader, entry).ok(); });
}

bool is_open(db::Reader& reader, const std::string& purchase, const std::string& kind) {
    const auto entry = ledger::find_entry(reader, ledger::Fact{"purchase", purchase, kind});
    return entry && SuspenseStore::find(reader, entry->id);
}

}  // namespace

void close_matters(db::Group& group, const Suspended& item, const std::string& note) {
    const operators::WorkItems work_items;
    const std::string& source = item.entry.source_id;
    if (item.entry.source_type == "payment") {
        for (const std::string_view kind : kOfPayment) work_items.close(group, kind, source, note);
    } else if (item.entry.source_type == "purchase") {
        const bool is_other_open =
            is_open(group.tx, source, "surplus_suspended") || is_open(group.tx, source, "excess_cost_suspended");
        if (!is_other_open) work_items.close(group, "deal_differs", source, note);
    } else if (item.entry.source_type == "statement_line") {
        work_items.close(group, "line_in_suspense", source, note);
        const std::string remittance = remittance_of(group.tx, source);
        if (remittance.empty() || has_another(group.tx, remittance)) return;
        for (const std::string_view kind : kOfRemittance) work_items.close(group, kind, remittance, note);
    }
}

}  // namespace huiqiao::flow
