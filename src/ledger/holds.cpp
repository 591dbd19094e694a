// Holds of the ledger, and the stop of payouts that refuses them: the intents' half of src/ledger/ledger.h.

#include "src/base/planted.h"
#include "src/ledger/ledger.h"
#include "src/ledger/ledger_store.h"
#include "src/ledger/movements.h"

namespace huiqiao::ledger {

namespace {

std::string said(Money amount) {
    return std::string(amount.currency().code()) + " " + amount.text();
}

void require_sound(std::span<const HoldRequest> requests) {
    for (const HoldRequest& request : requests) {
        if (request.amount.is_positive() && request.amount.currency() == request.account.currency) continue;
        throw LogicError("a hold of " + said(request.amount) + " on " + request.account.id());
    }
}

}  // namespace

Result<std::vector<std::string>> Ledger::hold(db::Group& group, std::span<const HoldRequest> requests) const {
    std::vector<std::string> ids;
    if (requests.empty()) return ids;
    require_sound(requests);
    const std::map<std::string, std::string> stopped = stopped_payouts(group.tx);
    std::vector<Account> accounts;
    for (const HoldRequest& request : requests) {
        const auto stop = stopped.find(std::string(request.account.currency.code()));
        if (stop != stopped.end()) {
            return Error(ledger_error::kPayoutsStopped, {{"currency", stop->first}, {"reason", stop->second}});
        }
        accounts.push_back(request.account);
    }
    std::map<std::string, Balance> balances = this->balances(group.tx, accounts);
    db::Rows rows;
    Movements movements;
    for (const HoldRequest& request : requests) {
        const std::string account_id = request.account.id();
        Balance& balance = balances.at(account_id);
        if (request.amount > balance.available()) {
            return Error(
                ledger_error::kInsufficientFunds,
                {{"account", account_id}, {"available", said(balance.available())}, {"wanted", said(request.amount)}});
        }
        balance.held += request.amount;
        movements.of[account_id].held += request.amount.minor();
        ids.push_back(group.ids.next("hld"));
        rows.add(ids.back(), account_id, request.amount.minor(), request.account.currency.code(), request.subject_kind,
                 request.subject_id, "open", group.now, account_id);
    }
    group.tx.insert(store::kHoldInsert, rows);
    apply(group, movements, nullptr);
    return ids;
}

void Ledger::release(db::Group& group, std::span<const std::string> hold_ids) const {
    std::vector<std::pair<std::string, std::string>> ended;
    for (const std::string& id : hold_ids) ended.emplace_back(id, "");
    Movements movements;
    close_holds(group, ended, "released", movements);
    apply(group, movements, nullptr);
    if (is_planted(Bug::HoldReleasedTwice)) apply(group, movements, nullptr);
}

std::string Ledger::reduce_hold(db::Group& group, const std::string& hold_id, const Money& to) const {
    const db::Found found = group.tx.select(store::kOpenHold, {hold_id});
    const std::string code(to.currency().code());
    if (found.empty() || found.text(0, 2) != code || !to.is_positive() || to.minor() > found.integer(0, 1)) {
        throw LogicError("hold " + hold_id + " cannot become one of " + said(to));
    }
    const std::string account_id = found.text(0, 0);
    Movements movements;
    const std::pair<std::string, std::string> ended{hold_id, ""};
    close_holds(group, std::span(&ended, 1), "released", movements);
    movements.of[account_id].held += to.minor();
    std::string id = group.ids.next("hld");
    db::Rows rows;
    rows.add(id, account_id, to.minor(), code, found.text(0, 3), found.text(0, 4), "open", group.now, account_id);
    group.tx.insert(store::kHoldInsert, rows);
    apply(group, movements, nullptr);
    return id;
}

void Ledger::close_holds(db::Group& group, std::span<const std::pair<std::string, std::string>> hold_and_entry,
                         std::string_view state, Movements& movements) const {
    if (hold_and_entry.empty()) return;
    std::map<std::string, std::string> entry_of;  // the first entry that names a hold has it
    for (const auto& [hold, entry] : hold_and_entry) entry_of.emplace(hold, entry);
    std::vector<std::string> ids;
    for (const auto& [hold, entry] : entry_of) ids.push_back(hold);
    const db::Found found = group.tx.select(store::kHoldsOf, {}, ids);
    if (found.size() != ids.size()) throw LogicError("a hold that was never made is to be " + std::string(state));
    db::Rows rows;
    for (std::size_t row = 0; row < found.size(); ++row) {
        if (found.text(row, 3) != "open") continue;
        add_checked(movements.of[found.text(row, 1)].held, -found.integer(row, 2), found.text(row, 1));
        rows.add(found.text(row, 0), state, entry_of.at(found.text(row, 0)), group.now, db::kNull);
    }
    group.tx.update(store::kHoldClose, rows);
}

void Ledger::stop_payouts(db::Group& group, Currency currency, std::string_view reason) const {
    db::Rows rows;
    rows.add(currency.code(), reason.substr(0, 200), group.now);
    group.tx.insert_absent(store::kStopInsert, rows);
}

void Ledger::resume_payouts(db::Group& group, Currency currency) const {
    group.tx.execute(store::kStopDelete, {currency.code()});
}

std::map<std::string, std::string> Ledger::stopped_payouts(db::Reader& reader) const {
    std::map<std::string, std::string> stopped;
    const db::Found found = reader.select(store::kStops);
    for (std::size_t row = 0; row < found.size(); ++row) stopped[found.text(row, 0)] = found.text(row, 1);
    return stopped;
}

}  // namespace huiqiao::ledger
