// What becomes of an own transfer: the statement's lines under its reference, and its rejection.

#include "src/base/sometimes.h"
#include "src/flow/own_transfer.h"
#include "src/flow/own_transfer_store.h"
#include "src/flow/remit_parts.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

using ledger::AccountKind;
using reconciliation::StatementLine;
using remittance::Kind;
using remittance::Remittance;
using remittance::State;

ledger::Draft done(db::Group& group, Remittance& one, const postings::Event& event, const StatementLine& line) {
    ledger::Draft entry = own_entry(event, one);
    if (!one.provision_hold.empty()) entry.uses_holds.push_back(one.provision_hold);
    one.debited = one.amount;
    one.state = State::Confirmed;
    if (one.their_reference.empty()) one.their_reference = line.bank_reference;
    OwnTransfers::close(group.tx, one.id);
    return entry;
}

ledger::Draft returned(db::Group& group, Remittance& one, const postings::Event& event, const StatementLine& line,
                       const Money& gross) {
    sometimes("an own transfer comes back");
    one.returned += gross;
    one.reason_code = reconciliation::reason_of_return(line);
    operators::WorkItems().open(
        group, operators::NewWorkItem{"own_transfer_returned", std::string(kRemittanceSubject), one.id,
                                      "The transfer " + one.id + " from " + one.bank_account + " to " + one.payee_id +
                                          " came back: " + amount_with_currency(gross) + ", reason " + one.reason_code +
                                          ". It is booked; order it again where it is still due.",
                                      "从 " + one.bank_account + " 到 " + one.payee_id + " 的划转 " + one.id +
                                          " 已退回 " + amount_with_currency(gross) + "，原因 " + one.reason_code +
                                          "。已入账；如仍需划转请重新发起。"});
    if (one.kind == Kind::TopUp) return postings::top_up_returned(event, one.payee_id, one.bank_account, gross);
    return postings::sweep_returned(event, one.bank_account, one.payee_id, line.amount, gross - line.amount);
}

ledger::Draft suspended(db::Group& group, const Remittance& one, const postings::Event& event,
                        const StatementLine& line) {
    sometimes("an own transfer is executed otherwise than ordered");
    operators::WorkItems().open(
        group,
        operators::NewWorkItem{"own_transfer_differs", std::string(kRemittanceSubject), one.id,
                               "Line " + line.bank_reference + ", a " + (line.is_credit ? "credit" : "debit") + " of " +
                                   amount_with_currency(line.amount) + ", names the transfer " + one.id + " of " +
                                   amount_with_currency(one.amount) + ", which is " + std::string(to_text(one.state)) +
                                   ". It stands in suspense: settle it as own_transfer.",
                               "流水 " + line.bank_reference + "（" + (line.is_credit ? "贷" : "借") + "记 " +
                                   amount_with_currency(line.amount) + "）指向划转 " + one.id + "（" +
                                   amount_with_currency(one.amount) + "，状态 " + std::string(to_text(one.state)) +
                                   "），已挂账，请按 own_transfer 处理。"});
    return line.is_credit ? postings::credit_suspended(event, line.account, line.amount)
                          : postings::debit_suspended(event, line.account, line.amount);
}

}  // namespace

const std::string& provision_of_own(const Remittance& one) {
    return one.kind == Kind::TopUp ? one.payee_id : one.bank_account;
}
const std::string& own_account_of(const Remittance& one) {
    return one.kind == Kind::TopUp ? one.bank_account : one.payee_id;
}

ledger::Draft own_entry(const postings::Event& event, const Remittance& one) {
    if (one.kind == Kind::TopUp) return postings::topped_up(event, one.payee_id, one.bank_account, one.amount);
    return postings::swept_out(event, one.bank_account, one.payee_id, one.amount);
}

std::vector<ledger::Account> accounts_of_own(const Remittance& one) {
    const Currency currency = one.amount.currency();
    std::vector<ledger::Account> accounts{ledger::provision(provision_of_own(one), currency),
                                          ledger::own_bank(own_account_of(one), currency), ledger::suspense(currency),
                                          ledger::suspense_debit(currency)};
    for (const AccountKind kind : {AccountKind::DueFromOwn, AccountKind::DueToOwn, AccountKind::DueToCustomers,
                                   AccountKind::DueFromCustomers, AccountKind::BankCharge}) {
        accounts.push_back(ledger::single(kind, currency));
    }
    return accounts;
}

std::optional<ledger::Draft> own_line(db::Group& group, Remittance& one, const StatementLine& line) {
    const bool is_its_account =
        line.account == provision_of_own(one) && line.amount.currency() == one.amount.currency();
    const bool is_charge = !line.is_credit && line.code.ends_with("/CHRG");
    if (!is_its_account || is_charge) return std::nullopt;
    const postings::Event event{"statement_line", line.key(), group.now, line.value_date, "system", ""};
    const bool is_forward = line.is_credit == (one.kind == Kind::TopUp) && !is_return(line);
    if (is_forward && line.amount == one.amount && one.debited.is_zero() && one.state != State::Rejected)
        return done(group, one, event, line);
    const bool is_short = line.is_credit && line.instructed && *line.instructed > line.amount;
    const Money gross = is_short ? *line.instructed : line.amount;
    const bool is_back = line.is_credit == (one.kind == Kind::Sweep) && is_return(line);
    if (is_back && one.returned + gross <= one.debited) return returned(group, one, event, line, gross);
    return suspended(group, one, event, line);
}

void reject_own(db::Group& group, const ledger::Ledger& ledger, Remittance& one) {
    if (!one.provision_hold.empty()) ledger.release(group, std::span(&one.provision_hold, 1));
    OwnTransfers::close(group.tx, one.id);
    operators::WorkItems().open(
        group, operators::NewWorkItem{"own_transfer_rejected", std::string(kRemittanceSubject), one.id,
                                      "The bank refused the transfer " + one.id + " from " + one.bank_account + " to " +
                                          one.payee_id + " of " + amount_with_currency(one.amount) + ": " +
                                          one.reason_code + ".",
                                      "银行拒绝了从 " + one.bank_account + " 到 " + one.payee_id + " 的划转 " +
                                          amount_with_currency(one.amount) + "：" + one.reason_code + "。"});
}

}  // namespace huiqiao::flow
