#include "src/flow/provision_transfer.h"

#include "src/base/sometimes.h"
#include "src/flow/decision.h"
#include "src/flow/postings.h"
#include "src/flow/remit_parts.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

using reconciliation::StatementLine;
using remittance::Remittance;
using remittance::State;

ProvisionTransfer row_of(db::Group& group, const Remittance& one) {
    std::optional<ProvisionTransfer> row = ProvisionTransfers::find(group.tx, one.id);
    if (!row) throw LogicError("transfer " + one.id + " has no row of its own");
    return std::move(*row);
}

std::string in_words(const Remittance& one) {
    return one.id + " of " + amount_with_currency(one.amount) + " from " + one.bank_account + " to " + one.payee_id;
}
std::string in_chinese(const Remittance& one) {
    return "从 " + one.bank_account + " 到 " + one.payee_id + " 的备付金划转 " + one.id + "（" +
           amount_with_currency(one.amount) + "）";
}

void tell(db::Group& group, const Remittance& one, std::string_view kind, const std::string& en,
          const std::string& zh) {
    operators::WorkItems().open(
        group, operators::NewWorkItem{std::string(kind), std::string(kRemittanceSubject), one.id,
                                      "The transfer " + in_words(one) + " " + en, in_chinese(one) + zh});
}

void tell_of_difference(db::Group& group, const Remittance& one, const StatementLine& line) {
    sometimes("a transfer between provision accounts is executed otherwise than ordered");
    tell(group, one, "transfer_differs",
         "is " + std::string(to_text(one.state)) + ", and line " + line.bank_reference + " of " + line.account +
             ", a " + (line.is_credit ? "credit" : "debit") + " of " + amount_with_currency(line.amount) +
             ", is not what was ordered. It is booked as money under way between our accounts: ask both banks.",
         "状态为 " + std::string(to_text(one.state)) + "，账户 " + line.account + " 的流水 " + line.bank_reference +
             "（" + (line.is_credit ? "贷" : "借") + "记 " + amount_with_currency(line.amount) +
             "）与指令不符，已记为账户间在途资金，请向两家银行查询。");
}

ledger::Draft left(db::Group& group, Remittance& one, ProvisionTransfer& row, const postings::Event& event,
                   const StatementLine& line) {
    const bool is_ordered = one.debited.is_zero() && one.state != State::Rejected && line.amount == one.amount;
    if (!is_ordered) tell_of_difference(group, one, line);
    ledger::Draft entry = postings::transfer_left(event, one.bank_account, line.amount);
    if (!one.provision_hold.empty() && one.debited.is_zero()) entry.uses_holds.push_back(one.provision_hold);
    one.debited += line.amount;
    row.left += line.amount;
    one.state = State::Confirmed;
    if (one.their_reference.empty()) one.their_reference = line.bank_reference;
    return entry;
}

ledger::Draft came_back(db::Group& group, Remittance& one, ProvisionTransfer& row, const postings::Event& event,
                        const StatementLine& line) {
    sometimes("a transfer between provision accounts comes back");
    const bool is_short = line.instructed && *line.instructed > line.amount;
    const Money gross = is_short ? *line.instructed : line.amount;
    one.returned += gross;
    row.returned += gross;
    row.since = group.now;
    one.reason_code = reconciliation::reason_of_return(line);
    tell(group, one, "transfer_returned",
         "came back: " + amount_with_currency(gross) + ", reason " + one.reason_code +
             ". It is booked. In an hour another is ordered if the account is below its level: ask both banks why "
             "before.",
         "已退回 " + amount_with_currency(gross) + "，原因 " + one.reason_code +
             "。已入账；一小时后账户若仍低于设定余额将再次划转，请先向两家银行查明原因。");
    return postings::transfer_returned(event, one.bank_account, line.amount, gross - line.amount);
}

}  // namespace

std::vector<ledger::Account> accounts_of_transfer(const Remittance& one) {
    const Currency currency = one.amount.currency();
    std::vector<ledger::Account> accounts{ledger::provision(one.bank_account, currency),
                                          ledger::provision(one.payee_id, currency), ledger::transfer(currency)};
    for (const ledger::AccountKind kind :
         {ledger::AccountKind::DueFromOwn, ledger::AccountKind::BankCharge, ledger::AccountKind::DueToCustomers})
        accounts.push_back(ledger::single(kind, currency));
    return accounts;
}

std::optional<ledger::Draft> transfer_line(db::Group& group, Remittance& one, const StatementLine& line) {
    const bool is_payer = line.account == one.bank_account;
    const bool is_payee = line.account == one.payee_id;
    if ((!is_payer && !is_payee) || line.amount.currency() != one.amount.currency()) return std::nullopt;
    const postings::Event event{"statement_line", line.key(), group.now, line.value_date, "system", ""};
    if (!line.is_credit && line.code.ends_with("/CHRG"))
        return postings::charge_borne_by_us(event, line.account, line.amount);
    ProvisionTransfer row = row_of(group, one);
    if (row.left.is_zero() && row.arrived.is_zero()) row.since = group.now;
    ledger::Draft entry;
    if (is_payer && line.is_credit) {
        entry = came_back(group, one, row, event, line);
    } else if (is_payer) {
        entry = left(group, one, row, event, line);
    } else if (line.is_credit) {
        if (row.arrived + line.amount > one.amount) tell_of_difference(group, one, line);
        entry = postings::transfer_arrived(event, line.account, line.amount);
        row.arrived += line.amount;
    } else {
        // The other bank took it back.
        tell_of_difference(group, one, line);
        entry = postings::transfer_left(event, line.account, line.amount);
        row.arrived -= line.amount;
    }
    row.settle();
    ProvisionTransfers::save(group.tx, row);
    return entry;
}

void reject_transfer(db::Group& group, const ledger::Ledger& ledger, Remittance& one) {
    sometimes("a transfer between provision accounts is rejected");
    if (!one.provision_hold.empty()) ledger.release(group, std::span(&one.provision_hold, 1));
    ProvisionTransfer row = row_of(group, one);
    row.is_open = !row.on_its_way().is_zero();
    row.since = group.now;
    ProvisionTransfers::save(group.tx, row);
    tell(group, one, "transfer_rejected",
         "was refused by the bank: " + one.reason_code +
             ". Its money is free again. In an hour another is ordered if the account is below its level then.",
         "被银行拒绝：" + one.reason_code + "。资金已解除冻结；一小时后账户若仍低于设定余额将重新划转。");
}

}  // namespace huiqiao::flow
