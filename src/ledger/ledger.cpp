#include "src/ledger/ledger.h"

#include <algorithm>
#include <set>

#include "src/ledger/journal.h"
#include "src/ledger/ledger_store.h"
#include "src/ledger/movements.h"

namespace huiqiao::ledger {

namespace {

/// Where each draft's fact stands: the index of the draft that books it, or the entry that did so before.
struct Facts {
    std::vector<std::size_t> booked_by;  // index of a draft; of itself where it is the first
    std::vector<std::string> entry_id;   // that the fact belongs to
    std::vector<bool> is_new;
};

/// Takes the facts that nobody has booked. Sorted, so that two writers meet at a key in one order.
Facts take_facts(db::Group& group, std::span<const Draft> drafts) {
    Facts facts;
    facts.entry_id.resize(drafts.size());
    facts.is_new.assign(drafts.size(), true);
    std::vector<std::pair<std::string, std::size_t>> keys;
    keys.reserve(drafts.size());
    for (std::size_t at = 0; at < drafts.size(); ++at) {
        keys.emplace_back(drafts[at].fact.text(), at);
        facts.entry_id[at] = group.ids.next("ent");
    }
    std::sort(keys.begin(), keys.end());
    db::Rows rows;
    for (std::size_t at = 0; at < keys.size(); ++at) {
        const std::size_t draft = keys[at].second;
        if (at > 0 && keys[at].first == keys[at - 1].first) {
            facts.entry_id[draft] = facts.entry_id[keys[at - 1].second];
            facts.is_new[draft] = false;
            continue;
        }
        rows.add(keys[at].first, facts.entry_id[draft]);
    }
    if (group.tx.insert_absent(store::kFactInsert, rows) == static_cast<std::int64_t>(rows.size())) return facts;

    std::vector<std::string> asked;
    asked.reserve(keys.size());
    for (const auto& [key, draft] : keys) asked.push_back(key);
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    const db::Found found = group.tx.select(store::kFactsOf, {}, asked);
    std::map<std::string_view, std::size_t> standing;
    for (std::size_t row = 0; row < found.size(); ++row) standing[found.text(row, 0)] = row;
    for (const auto& [key, draft] : keys) {
        const auto at = standing.find(key);
        if (at == standing.end()) throw LogicError("a fact was neither inserted nor found: " + key);
        const std::string& owner = found.text(at->second, 1);
        if (owner == facts.entry_id[draft]) continue;
        facts.entry_id[draft] = owner;
        facts.is_new[draft] = false;
    }
    return facts;
}

Entry entry_of(const Draft& draft, std::string id, const db::Group& group) {
    Entry entry;
    entry.id = std::move(id);
    entry.slot = group.slot.number;
    entry.seq = group.slot.seq + 1;
    entry.prev_hash = group.slot.head;
    entry.booked_at_us = to_us(group.now);
    entry.occurred_at_us = to_us(draft.occurred_at);
    entry.business_date = group.business_date.number();
    entry.value_date = draft.value_date.number();
    entry.source_type = draft.fact.source_type;
    entry.source_id = draft.fact.source_id;
    entry.kind = draft.fact.kind;
    entry.actor = draft.actor;
    entry.request_id = draft.request_id;
    entry.reverses = draft.reverses;
    entry.reason = draft.reason;
    entry.lines.reserve(draft.postings.size());
    for (const Posting& posting : draft.postings) {
        entry.lines.push_back({static_cast<std::int64_t>(entry.lines.size() + 1), posting.account.id(),
                               std::string(to_text(posting.direction)), posting.amount.minor(),
                               std::string(posting.amount.currency().code())});
    }
    return entry;
}

void add_rows(Entry&& entry, db::Rows& entries, db::Rows& postings) {
    for (Line& line : entry.lines) {
        postings.add(entry.id, line.line_no, std::move(line.account_id), std::move(line.direction), line.amount_minor,
                     std::move(line.currency));
    }
    entries.add(std::move(entry.id), entry.slot, entry.seq, std::move(entry.prev_hash), std::move(entry.hash),
                entry.booked_at_us, entry.occurred_at_us, entry.business_date, entry.value_date,
                std::move(entry.source_type), std::move(entry.source_id), std::move(entry.kind), std::move(entry.actor),
                std::move(entry.request_id), std::move(entry.reverses), std::move(entry.reason));
}

}  // namespace

void Ledger::claim(db::Claims& claims, const Account& account) const {
    const Chart::Row& row = chart_.row(account.kind);
    const std::string_view code = account.currency.code();
    std::string id = account.id();
    if (!claims.stands(store::kAccountClaim, id)) {
        claims.add(store::kAccountClaim, std::move(id), to_text(account.kind), account.owner, code, to_text(row.side),
                   to_text(row.normal), row.guarded ? 1 : 0, 0, 0);
    }
    if (!is_frozen(account.currency)) {
        claims.add(store::kDigitsClaim, code, std::to_string(account.currency.digits()));
    }
}

void Ledger::lock(db::Locks& locks, const Account& account) const {
    locks.add(store::kAccountLock, account.id());
}

void Ledger::claim(db::Claims& claims, const Draft& draft) const {
    for (const Posting& posting : draft.postings) claim(claims, posting.account);
}

void Ledger::lock(db::Locks& locks, const Draft& draft) const {
    for (const Posting& posting : draft.postings) lock(locks, posting.account);
}

PostResult Ledger::post(db::Group& group, std::span<const Draft> drafts) const {
    PostResult result;
    if (drafts.empty()) return result;
    for (const Draft& draft : drafts) check_balanced(draft, chart_);
    require_digits(group, drafts);

    Facts facts = take_facts(group, drafts);
    db::Rows entries;
    db::Rows postings;
    Movements movements;
    std::vector<std::pair<std::string, std::string>> used;
    for (std::size_t at = 0; at < drafts.size(); ++at) {
        const Draft& draft = drafts[at];
        result.entries.push_back({facts.entry_id[at], facts.is_new[at]});
        if (!facts.is_new[at]) continue;
        Entry entry = entry_of(draft, std::move(facts.entry_id[at]), group);
        for (std::size_t line = 0; line < draft.postings.size(); ++line) {
            const Chart::Row& kind = chart_.row(draft.postings[line].account.kind);
            const std::int64_t amount = entry.lines[line].amount_minor;
            Movement& movement = movements.of[entry.lines[line].account_id];
            movement.guarded = kind.guarded;
            add_checked(movement.balance, draft.postings[line].direction == kind.normal ? amount : -amount,
                        entry.lines[line].account_id);
        }
        for (const std::string& hold : draft.uses_holds) used.emplace_back(hold, entry.id);
        entry.hash = hash_of(entry);
        group.slot.seq = entry.seq;
        group.slot.head = entry.hash;
        add_rows(std::move(entry), entries, postings);
    }
    if (entries.empty()) return result;
    group.tx.insert(store::kEntryInsert, entries);
    group.tx.insert(store::kPostingInsert, postings);
    close_holds(group, used, "used", movements);
    apply(group, movements, &result.overdrawn);
    return result;
}

void Ledger::apply(db::Group& group, const Movements& movements, std::vector<std::string>* overdrawn) const {
    std::vector<const std::pair<const std::string, Movement>*> sorted;
    for (const auto& moved : movements.of) {
        if (moved.second.balance != 0 || moved.second.held != 0) sorted.push_back(&moved);
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    db::Rows rows;
    std::vector<std::string> lowered;
    for (const auto* moved : sorted) {
        rows.add(moved->first, moved->second.balance, moved->second.held);
        if (moved->second.guarded && moved->second.balance < 0) lowered.push_back(moved->first);
    }
    group.tx.update(store::kAccountMove, rows);
    if (overdrawn == nullptr || lowered.empty()) return;

    const db::Found found = group.tx.select(store::kOverdrawnOf, {}, lowered);
    std::set<std::string> currencies;
    for (std::size_t row = 0; row < found.size(); ++row) {
        overdrawn->push_back(found.text(row, 0));
        if (found.integer(row, 2) < 0 && currencies.insert(found.text(row, 1)).second) {
            stop_payouts(group, Currency::known(found.text(row, 1)), found.text(row, 0) + " is below zero");
        }
    }
}

std::map<std::string, Balance> Ledger::balances(db::Reader& reader, std::span<const Account> accounts) const {
    std::map<std::string, Balance> balances;
    std::vector<std::string> ids;
    for (const Account& account : accounts) {
        std::string id = account.id();
        const Money zero = Money::zero(account.currency);
        if (balances.emplace(id, Balance{zero, zero}).second) ids.push_back(std::move(id));
    }
    std::sort(ids.begin(), ids.end());
    if (ids.empty()) return balances;
    const db::Found found = reader.select(store::kBalancesOf, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        Balance& balance = balances.at(found.text(row, 0));
        const Currency currency = balance.booked.currency();
        balance = {Money::of_minor(currency, found.integer(row, 1)), Money::of_minor(currency, found.integer(row, 2))};
    }
    return balances;
}

bool Ledger::is_frozen(Currency currency) const {
    return std::find(frozen_.begin(), frozen_.end(), currency) != frozen_.end();
}

void Ledger::require_digits(const db::Group& group, std::span<const Draft> drafts) const {
    std::set<Currency> fresh;
    for (const Draft& draft : drafts) {
        for (const Posting& posting : draft.postings) {
            if (!is_frozen(posting.account.currency)) fresh.insert(posting.account.currency);
        }
    }
    for (const Currency currency : fresh) {
        const std::string& was = group.claims.owner(store::kDigitsClaim, std::string(currency.code()));
        if (was == std::to_string(currency.digits())) continue;
        throw LogicError(std::string(currency.code()) + " had " + was + " digits at its first use");
    }
}

Status Ledger::check_currencies(db::Reader& reader) {
    const db::Found found = reader.select(store::kDigits);
    std::vector<Currency> frozen;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Currency currency = Currency::known(found.text(row, 0));
        const std::string digits = std::to_string(currency.digits());
        if (digits != found.text(row, 1)) {
            return Error(ledger_error::kDigitsChanged,
                         {{"currency", found.text(row, 0)}, {"was", found.text(row, 1)}, {"is", digits}});
        }
        frozen.push_back(currency);
    }
    frozen_ = std::move(frozen);
    return Done{};
}

}  // namespace huiqiao::ledger
