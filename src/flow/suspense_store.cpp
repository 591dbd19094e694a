#include "src/flow/suspense_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Insert kSettle{"settled_suspense", "entry_id, approval_id, settled_at", "tti"};
constexpr db::Select kSettledBy{"SELECT approval_id FROM settled_suspense WHERE entry_id = :p1", "t"};
// A credit raises suspense, a debit suspense_debit; whatever lowers them is a settlement.
constexpr db::Select kOpen{
    "SELECT p.entry_id FROM account a JOIN posting p ON p.account_id = a.id "
    "WHERE a.id IN (:list) AND p.direction = a.normal AND p.entry_id > :p1 "
    "AND NOT EXISTS (SELECT 1 FROM settled_suspense s WHERE s.entry_id = p.entry_id) ORDER BY p.entry_id LIMIT :p2",
    "t"};
// Facts are named "<source type>|<source id>|<kind>"; '}' is the character behind '|'.
constexpr db::Select kEntriesOf{"SELECT entry_id FROM entry_fact WHERE fact_key >= :p1 AND fact_key < :p2", "t"};
constexpr db::Select kAccounts{
    "SELECT id FROM account WHERE kind IN ('suspense', 'suspense_debit') AND balance_minor <> 0 ORDER BY id", "t"};

}  // namespace

std::string Suspended::owner_of(ledger::AccountKind kind) const {
    for (const ledger::Line& line : entry.lines) {
        const auto other = ledger::Account::from_id(line.account_id);
        if (other && other->kind == kind) return other->owner;
    }
    return "";
}

Result<Suspended> SuspenseStore::find(db::Reader& reader, const std::string& entry_id) {
    const Error none(suspense_error::kNotInSuspense, {{"entry", entry_id}});
    auto entry = ledger::find_entry(reader, entry_id);
    if (!entry) return none;
    for (const ledger::Line& line : entry->lines) {
        const auto account = ledger::Account::from_id(line.account_id);
        if (!account) continue;
        const bool raises = (account->kind == ledger::AccountKind::Suspense && line.direction == "credit") ||
                            (account->kind == ledger::AccountKind::SuspenseDebit && line.direction == "debit");
        if (!raises) continue;
        const db::Found settled = reader.select(kSettledBy, {entry_id});
        if (!settled.empty()) {
            return Error(suspense_error::kSettledBefore, {{"entry", entry_id}, {"approval", settled.text(0, 0)}});
        }
        const Money amount = Money::of_minor(account->currency, line.amount_minor);
        return Suspended{*std::move(entry), *account, amount};
    }
    return none;
}

std::vector<Suspended> SuspenseStore::open(db::Reader& reader, std::string_view after_entry, int limit) {
    const db::Found accounts = reader.select(kAccounts);
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < accounts.size(); ++row) ids.push_back(accounts.text(row, 0));
    std::vector<Suspended> open;
    if (ids.empty()) return open;
    const db::Found found = reader.select(kOpen, {after_entry, limit}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        Result<Suspended> item = find(reader, found.text(row, 0));
        if (item) open.push_back(std::move(item).value());
    }
    return open;
}

std::vector<Suspended> SuspenseStore::of_source(db::Reader& reader, std::string_view source_type,
                                                const std::string& source_id) {
    const std::string source = std::string(source_type) + "|" + source_id;
    const db::Found found = reader.select(kEntriesOf, {source + "|", source + "}"});
    std::vector<Suspended> there;
    for (std::size_t row = 0; row < found.size(); ++row) {
        Result<Suspended> item = find(reader, found.text(row, 0));
        if (item) there.push_back(std::move(item).value());
    }
    return there;
}

void SuspenseStore::settle(db::Group& group, const Suspended& item, const std::string& approval_id) {
    db::Rows rows;
    rows.add(item.entry.id, approval_id, group.now);
    group.tx.insert(kSettle, rows);
}

}  // namespace huiqiao::flow
