#include "src/flow/suspense_matters.h"

#include <algorithm>
#include <array>

#include "fx/lock_end_store.h"
#include "src/flow/far_off_matter.h"
#include "src/flow/held_order_store.h"
#include "src/flow/lock_end_settle.h"
#include "src/flow/lock_ends.h"
#include "src/flow/provision_transfer_exit.h"
#include "src/flow/provision_transfer_store.h"
#include "src/flow/watch_transfers.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

namespace {

using reconciliation::StatementStore;
using reconciliation::StoredLine;

constexpr std::array<std::string_view, 4> kOfPayment{"payment_amount", "payment_late", "payment_surplus",
                                                     "payment_number"};
constexpr std::array<std::string_view, 2> kOfPurchase{"deal_differs", "annulled_deal_leg"};
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

/// What the matter's money is: of its payment, purchase or statement line, or of any debit under its remittance.
std::vector<Suspended> money_of(db::Reader& reader, const operators::WorkItem& item) {
    if (item.subject_kind != "remittance") return SuspenseStore::of_source(reader, item.subject_kind, item.subject_id);
    std::vector<Suspended> there;
    if (std::find(kOfRemittance.begin(), kOfRemittance.end(), item.kind) == kOfRemittance.end()) return there;
    for (const std::string& entry : StatementStore::entries_of(reader, item.subject_id)) {
        Result<Suspended> found = SuspenseStore::find(reader, entry);
        if (found) there.push_back(std::move(found).value());
    }
    return there;
}

}  // namespace

Status check_closable(db::Reader& reader, const operators::WorkItem& item) {
    if (item.kind == kTransferNotArrived) {
        const auto transfer = ProvisionTransfers::find(reader, item.subject_id);
        if (transfer && transfer->is_open)
            return Error(transfer_error::kStillUnderWay, {{"transfer", item.subject_id}});
    }
    if (item.kind == kLockEndLineMissing) {
        const auto end = fx::LockEndStore::find(reader, item.subject_id);
        if (end && fx::is_line_awaited(*end)) return Error(lock_end_error::kLineAwaited, {{"end", end->id}});
    }
    const std::vector<Suspended> there = money_of(reader, item);
    if (there.empty()) {
        const std::int64_t held = HeldOrders::count(reader, item.subject_id, item.kind);
        if (held == 0) return Done{};
        return Error(suspense_error::kOrdersOnHold, {{"orders", std::to_string(held)}});
    }
    const Suspended& first = there.front();
    return Error(suspense_error::kStillInSuspense,
                 {{"amount", std::string(first.amount.currency().code()) + " " + first.amount.text()},
                  {"entry", first.entry.id},
                  {"action", std::string(way_out(reader, first))}});
}

void close_matters(db::Group& group, const Suspended& item, const std::string& note) {
    const operators::WorkItems work_items;
    const std::string& source = item.entry.source_id;
    if (item.entry.source_type == "payment") {
        for (const std::string_view kind : kOfPayment) work_items.close(group, kind, source, note);
    } else if (item.entry.source_type == "purchase") {
        if (!SuspenseStore::of_source(group.tx, "purchase", source).empty()) return;
        for (const std::string_view kind : kOfPurchase) work_items.close(group, kind, source, note);
    } else if (item.entry.source_type == "statement_line") {
        work_items.close(group, "line_in_suspense", source, note);
        work_items.close(group, kLockEndLineDiffers, source, note);
        const std::string remittance = remittance_of(group.tx, source);
        if (remittance.empty() || has_another(group.tx, remittance)) return;
        for (const std::string_view kind : kOfRemittance) work_items.close(group, kind, remittance, note);
    }
}

}  // namespace huiqiao::flow
