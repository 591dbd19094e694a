#include "src/ledger/export.h"

#include "src/base/money.h"
#include "src/ledger/journal.h"

namespace huiqiao::ledger {

namespace {

/// Free text inside a comment: one line, and no characters that either program reads as a tag or the next field.
std::string comment_text(const std::string& text) {
    std::string safe;
    for (const char c : text) safe.push_back(c == '\n' || c == '\r' || c == ',' || c == ';' ? ' ' : c);
    return safe;
}

void write_entry(const Chart& chart, const Entry& entry, std::ostream& out) {
    out << Date::of_number(entry.business_date).text() << " * " << entry.kind << ' ' << comment_text(entry.source_type)
        << '\n';
    out << "    ; entry: " << entry.id << '\n';
    out << "    ; place: slot " << entry.slot << " no " << entry.seq << '\n';
    out << "    ; fact: " << comment_text(entry.source_type + "|" + entry.source_id + "|" + entry.kind) << '\n';
    out << "    ; value_date: " << Date::of_number(entry.value_date).text() << '\n';
    out << "    ; booked_at: " << rfc3339(from_us(entry.booked_at_us)) << '\n';
    if (!entry.reverses.empty()) {
        out << "    ; reverses: " << entry.reverses << '\n' << "    ; reason: " << comment_text(entry.reason) << '\n';
    }
    out << "    ; hash: " << entry.hash << '\n';
    for (const Line& line : entry.lines) {
        const auto account = Account::from_id(line.account_id);
        if (!account) throw LogicError("no account is called " + line.account_id + " (entry " + entry.id + ")");
        const Money amount = Money::of_minor(account->currency, line.amount_minor);
        out << "    " << exported_name(chart, *account) << "  " << account->currency.code() << ' '
            << (line.direction == "debit" ? amount : -amount).text() << '\n';
    }
    out << '\n';
}

}  // namespace

std::string exported_name(const Chart& chart, const Account& account) {
    const std::string& path = chart.row(account.kind).path;
    return account.owner.empty() ? path : path + ":" + account.owner;
}

std::uint64_t export_journal(db::Reader& reader, const Chart& chart, std::ostream& out) {
    std::uint64_t count = 0;
    for (const std::int64_t slot : slots(reader)) {
        for (std::int64_t after = 0;;) {
            const std::vector<Entry> page = page_of_slot(reader, slot, after);
            if (page.empty()) break;
            for (const Entry& entry : page) write_entry(chart, entry, out);
            count += page.size();
            after = page.back().seq;
        }
    }
    return count;
}

}  // namespace huiqiao::ledger
