#include "src/flow/own_transfer_exit.h"

#include <algorithm>

#include "src/calls/calls.h"
#include "src/flow/own_transfer.h"
#include "src/flow/own_transfer_store.h"
#include "src/flow/provision_transfer.h"
#include "src/flow/provision_transfer_exit.h"
#include "src/flow/remit_parts.h"
#include "src/operators/work_item.h"
#include "src/reconciliation/statement_store.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::flow {

namespace {

using remittance::Kind;
using remittance::Remittance;
using remittance::State;

struct Reason {
    std::string en;
    std::string zh;
};

std::optional<Remittance> transfer_of(db::Reader& reader, const std::string& id) {
    auto found = remittance::RemittanceStore().load(reader, std::span(&id, 1));
    const auto at = found.find(id);
    if (at == found.end() || !remittance::is_own(at->second.kind)) return std::nullopt;
    return std::move(at->second);
}

std::optional<Reason> why_not(const Suspended& item, const OwnExit& exit) {
    const Remittance& one = exit.transfer;
    if (item.entry.source_type != "statement_line") return Reason{"it is no line of a statement", "并非对账单流水"};
    if (item.owner_of(ledger::AccountKind::Provision) != provision_of_own(one) ||
        item.amount.currency() != one.amount.currency())
        return Reason{"it was booked on another account", "入账账户不同"};
    // Its message may not have left yet, and would leave after this.
    if (one.state == State::Ordered) return Reason{"nothing is known of it at the bank yet", "银行尚无该划转的消息"};
    if (exit.is_return && one.returned + item.amount > one.debited)
        return Reason{"of what it moved only " + amount_with_currency(one.debited - one.returned) + " can come back",
                      "可退回的金额仅为 " + amount_with_currency(one.debited - one.returned)};
    return std::nullopt;
}

/// What pays the bridge of the transfer's own direction; the rest goes to the other one.
Money covered(const OwnExit& exit) {
    const bool pays = exit.is_open && !exit.is_return;
    return pays ? std::min(exit.amount, exit.transfer.amount) : Money::zero(exit.amount.currency());
}

ledger::Draft entry_of(const OwnExit& exit, bool is_debit, const postings::Event& event) {
    const std::string& own = own_account_of(exit.transfer);
    const Money owed = covered(exit);
    ledger::Draft entry = is_debit ? postings::own_money_left(event, own, owed, exit.amount - owed)
                                   : postings::own_money_arrived(event, own, owed, exit.amount - owed);
    const bool ends_hold = exit.is_open && !exit.transfer.provision_hold.empty();
    if (ends_hold) entry.uses_holds.push_back(exit.transfer.provision_hold);
    return entry;
}

PreviewChange change_of(const OwnExit& exit) {
    const Remittance& one = exit.transfer;
    if (exit.is_return) {
        return {one.id, "returned: " + amount_with_currency(one.returned),
                "returned: " + amount_with_currency(one.returned + exit.amount)};
    }
    return {
        one.id, std::string(to_text(one.state)) + (exit.is_open ? ", under way" : ""),
        "confirmed: " + amount_with_currency(one.debited + exit.amount) + " of " + amount_with_currency(one.amount)};
}

}  // namespace

void touch_own(db::Reader& reader, const std::string& remittance_id, Touched& touched) {
    const auto one = transfer_of(reader, remittance_id);
    if (!one) return;
    touched.row(remittance::kRemittanceLock, one->id);
    for (const calls::InstructionRow& row :
         calls::Calls::instructions(reader, kPayOperation, kRemittanceSubject, std::span(&remittance_id, 1)))
        touched.call_ids.push_back(row.call_id);
    if (one->kind != Kind::Transfer) {
        for (const ledger::Account& account : accounts_of_own(*one)) touched.accounts.push_back(account);
        return;
    }
    const Currency currency = one->amount.currency();
    for (const ledger::Account& account : accounts_of_transfer(*one)) touched.accounts.push_back(account);
    for (const ledger::Account& account : {ledger::suspense(currency), ledger::suspense_debit(currency),
                                           ledger::single(ledger::AccountKind::Loss, currency)})
        touched.accounts.push_back(account);
}

Result<OwnExit> plan_own(db::Reader& reader, const Suspended& item, const std::string& remittance_id,
                         const postings::Event& event, Plan& plan) {
    auto one = transfer_of(reader, remittance_id);
    if (!one) return Error(own_transfer_error::kNoTransfer, {{"transfer", remittance_id}});
    const bool is_return = item.is_debit() == (one->kind == Kind::TopUp);
    const bool is_open = OwnTransfers::is_open(reader, remittance_id);
    OwnExit exit{*std::move(one), item.amount, is_return, is_open, item.owner_of(ledger::AccountKind::Provision),
                 item.is_debit()};
    if (exit.transfer.kind == Kind::Transfer) {
        if (const Status planned = plan_between(reader, item, exit, event, plan); !planned) return planned.error();
        return exit;
    }
    if (auto why = why_not(item, exit)) {
        return Error(own_transfer_error::kNotOfIt, {{"amount", amount_with_currency(item.amount)},
                                                    {"transfer", remittance_id},
                                                    {"why", std::move(why->en)},
                                                    {"why_zh", std::move(why->zh)}});
    }
    plan.changes.push_back(change_of(exit));
    plan.entries.push_back(entry_of(exit, item.is_debit(), event));
    return exit;
}

void settle_own(db::Group& group, OwnExit& exit, const std::string& note) {
    if (exit.transfer.kind == Kind::Transfer) return settle_between(group, exit, note);
    Remittance& one = exit.transfer;
    if (exit.is_return) one.returned += exit.amount;
    if (!exit.is_return) {
        one.debited += exit.amount;
        one.state = State::Confirmed;
        OwnTransfers::close(group.tx, one.id);
        operators::WorkItems().close(group, "own_transfer_rejected", one.id, note);
        confirm_instructions(group, one, note);
    }
    remittance::RemittanceStore().update(group.tx, std::span(&one, 1));
}

std::string own_transfer_behind(db::Reader& reader, const Suspended& item) {
    if (item.entry.source_type != "statement_line") return "";
    const auto lines = reconciliation::StatementStore::lines(reader, std::span(&item.entry.source_id, 1));
    if (lines.empty() || lines.front().subject_kind != kRemittanceSubject) return "";
    return transfer_of(reader, lines.front().subject_id) ? lines.front().subject_id : "";
}

}  // namespace huiqiao::flow
