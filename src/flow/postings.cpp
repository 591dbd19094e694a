#include "src/flow/postings_entry.h"

namespace huiqiao::flow::postings {

namespace {

using ledger::Account;
using ledger::AccountKind;
using ledger::clearing;
using ledger::credit;
using ledger::debit;
using ledger::fx_payable;
using ledger::fx_receivable;
using ledger::merchant;
using ledger::own_bank;
using ledger::position;
using ledger::Posting;
using ledger::provision;
using ledger::single;
using ledger::suspense;
using ledger::suspense_debit;
using ledger::transfer;

Account of(AccountKind kind, Money amount) {
    return single(kind, amount.currency());
}

// Customer: Dr where the net stands, Dr due_from_own (cost) / Cr clearing (gross).
// Own: Dr channel_cost / Cr due_to_customers.
Draft settled(const Event& event, std::string_view kind, const Account& net_in, const std::string& channel, Money gross,
              Money cost) {
    const Money net = gross - cost;
    if (net.is_negative()) {
        throw LogicError("a channel kept more than " + gross.text() + " of the batch " + event.source_id);
    }
    return entry(event, std::string(kind),
                 {debit(net_in, net), debit(of(AccountKind::DueFromOwn, cost), cost),
                  credit(clearing(channel, gross.currency()), gross), debit(of(AccountKind::ChannelCost, cost), cost),
                  credit(of(AccountKind::DueToCustomers, cost), cost)});
}

}  // namespace

// Dr clearing / Cr merchant
Draft collected(const Event& event, const std::string& channel, const std::string& payee, Money amount) {
    return entry(
        event, "collected",
        {debit(clearing(channel, amount.currency()), amount), credit(merchant(payee, amount.currency()), amount)});
}

Draft channel_settled(const Event& event, const std::string& bank_account, const std::string& channel, Money gross,
                      Money cost) {
    return settled(event, "channel_settled", provision(bank_account, gross.currency()), channel, gross, cost);
}

Draft channel_settled_late(const Event& event, const std::string& channel, Money gross, Money cost) {
    return settled(event, "channel_settled_late", suspense(gross.currency()), channel, gross, cost);
}

// Customer: Dr merchant / Cr due_to_own. Own: Dr due_from_customers / Cr channel_cost.
// Owed to us like a fee, whatever has become of what we owed for it: that may be set off or topped up long since.
Draft channel_cost_passed_on(const Event& event, const std::string& payer, Money cost) {
    return entry(
        event, "channel_cost_passed_on",
        {debit(merchant(payer, cost.currency()), cost), credit(of(AccountKind::DueToOwn, cost), cost),
         debit(of(AccountKind::DueFromCustomers, cost), cost), credit(of(AccountKind::ChannelCost, cost), cost)});
}

// Customer: Dr merchant / Cr due_to_own. Own: Dr due_from_customers / Cr fee_income.
Draft fee_taken(const Event& event, const std::string& payer, Money fee) {
    return entry(event, "fee_taken",
                 {debit(merchant(payer, fee.currency()), fee), credit(of(AccountKind::DueToOwn, fee), fee),
                  debit(of(AccountKind::DueFromCustomers, fee), fee), credit(of(AccountKind::FeeIncome, fee), fee)});
}

// Customer: Dr due_from_own / Cr merchant. Own: Dr fee_income / Cr due_to_customers.
Draft fee_given_back(const Event& event, const std::string& payee, Money fee) {
    return entry(event, "fee_given_back",
                 {debit(of(AccountKind::DueFromOwn, fee), fee), credit(merchant(payee, fee.currency()), fee),
                  debit(of(AccountKind::FeeIncome, fee), fee), credit(of(AccountKind::DueToCustomers, fee), fee)});
}

// Customer: Dr clearing / Cr due_from_own. Own: Dr due_to_customers / Cr channel_cost.
Draft channel_cost_given_back(const Event& event, const std::string& channel, Money cost) {
    return entry(
        event, "channel_cost_given_back",
        {debit(clearing(channel, cost.currency()), cost), credit(of(AccountKind::DueFromOwn, cost), cost),
         debit(of(AccountKind::DueToCustomers, cost), cost), credit(of(AccountKind::ChannelCost, cost), cost)});
}

// Customer: Dr due_to_own / Cr due_from_own. Own: Dr due_to_customers / Cr due_from_customers.
Draft bridges_set_off(const Event& event, Money smaller) {
    return entry(
        event, "bridges_set_off",
        {debit(of(AccountKind::DueToOwn, smaller), smaller), credit(of(AccountKind::DueFromOwn, smaller), smaller),
         debit(of(AccountKind::DueToCustomers, smaller), smaller),
         credit(of(AccountKind::DueFromCustomers, smaller), smaller)});
}

// Customer: Dr due_to_own / Cr provision. Own: Dr own_bank / Cr due_from_customers.
Draft swept_out(const Event& event, const std::string& from, const std::string& to, Money amount) {
    return entry(
        event, "swept_out",
        {debit(of(AccountKind::DueToOwn, amount), amount), credit(provision(from, amount.currency()), amount),
         debit(own_bank(to, amount.currency()), amount), credit(of(AccountKind::DueFromCustomers, amount), amount)});
}

// Customer: Dr provision / Cr due_from_own. Own: Dr due_to_customers / Cr own_bank.
Draft topped_up(const Event& event, const std::string& to, const std::string& from, Money amount) {
    return entry(
        event, "topped_up",
        {debit(provision(to, amount.currency()), amount), credit(of(AccountKind::DueFromOwn, amount), amount),
         debit(of(AccountKind::DueToCustomers, amount), amount), credit(own_bank(from, amount.currency()), amount)});
}

// Dr transfer / Cr provision
Draft transfer_left(const Event& event, const std::string& from, Money amount) {
    return entry(event, "transfer_left",
                 {debit(transfer(amount.currency()), amount), credit(provision(from, amount.currency()), amount)});
}

// Dr provision / Cr transfer
Draft transfer_arrived(const Event& event, const std::string& to, Money amount) {
    return entry(event, "transfer_arrived",
                 {debit(provision(to, amount.currency()), amount), credit(transfer(amount.currency()), amount)});
}

// Customer: Dr provision (net), Dr due_from_own (charge) / Cr transfer. Own: Dr bank_charge / Cr due_to_customers.
Draft transfer_returned(const Event& event, const std::string& to, Money net, Money charge) {
    const Currency currency = net.currency();
    return entry(
        event, "transfer_returned",
        {debit(provision(to, currency), net), debit(ledger::single(ledger::AccountKind::DueFromOwn, currency), charge),
         credit(transfer(currency), net + charge),
         debit(ledger::single(ledger::AccountKind::BankCharge, currency), charge),
         credit(ledger::single(ledger::AccountKind::DueToCustomers, currency), charge)});
}

namespace {

Draft transfer_borne(const Event& event, std::string kind, ledger::AccountKind own, Money amount) {
    const Currency currency = amount.currency();
    return entry(event, std::move(kind),
                 {debit(ledger::single(ledger::AccountKind::DueFromOwn, currency), amount),
                  credit(transfer(currency), amount), debit(ledger::single(own, currency), amount),
                  credit(ledger::single(ledger::AccountKind::DueToCustomers, currency), amount)});
}

}  // namespace

// Customer: Dr due_from_own / Cr transfer. Own: Dr bank_charge / Cr due_to_customers.
Draft transfer_charge_borne(const Event& event, Money charge) {
    return transfer_borne(event, "transfer_charge_borne", ledger::AccountKind::BankCharge, charge);
}

// Customer: Dr due_from_own / Cr transfer. Own: Dr loss / Cr due_to_customers.
Draft transfer_given_up(const Event& event, Money amount) {
    return transfer_borne(event, "transfer_given_up", ledger::AccountKind::Loss, amount);
}

// Dr transfer / Cr suspense
Draft transfer_excess_suspended(const Event& event, Money amount) {
    return entry(event, "transfer_excess_suspended",
                 {debit(transfer(amount.currency()), amount), credit(suspense(amount.currency()), amount)});
}

// CNY: Dr position / Cr fx_payable. Foreign: Dr fx_receivable / Cr position.
Draft purchase_dealt(const Event& event, const std::string& purchase, const std::string& bank, Money cny,
                     Money foreign) {
    return entry(event, "dealt",
                 {debit(position(purchase, cny.currency()), cny), credit(fx_payable(bank, cny.currency()), cny),
                  debit(fx_receivable(bank, foreign.currency()), foreign),
                  credit(position(purchase, foreign.currency()), foreign)});
}

// Foreign: Dr position / Cr fx_payable. CNY: Dr fx_receivable / Cr position.
Draft sale_dealt(const Event& event, const std::string& purchase, const std::string& bank, Money cny, Money foreign) {
    return entry(
        event, "sale_dealt",
        {debit(position(purchase, foreign.currency()), foreign), credit(fx_payable(bank, foreign.currency()), foreign),
         debit(fx_receivable(bank, cny.currency()), cny), credit(position(purchase, cny.currency()), cny)});
}

// Dr fx_payable / Cr provision
Draft paid_leg_settled(const Event& event, const std::string& bank, const std::string& bank_account, Money amount) {
    return entry(event, "paid_leg_settled",
                 {debit(fx_payable(bank, amount.currency()), amount),
                  credit(provision(bank_account, amount.currency()), amount)});
}

// Dr provision / Cr fx_receivable
Draft received_leg_settled(const Event& event, const std::string& bank, const std::string& bank_account, Money amount) {
    return entry(event, "received_leg_settled",
                 {debit(provision(bank_account, amount.currency()), amount),
                  credit(fx_receivable(bank, amount.currency()), amount)});
}

// CNY: Dr merchant / Cr position. Foreign: Dr position / Cr merchant. One pair a line.
Draft purchase_allocated(const Event& event, const std::string& purchase, std::span<const AllocationLine> lines) {
    std::vector<Posting> postings;
    postings.reserve(lines.size() * 4);
    for (const AllocationLine& line : lines) {
        postings.push_back(debit(merchant(line.merchant, line.cny.currency()), line.cny));
        postings.push_back(credit(position(purchase, line.cny.currency()), line.cny));
        postings.push_back(debit(position(purchase, line.foreign.currency()), line.foreign));
        postings.push_back(credit(merchant(line.merchant, line.foreign.currency()), line.foreign));
    }
    return entry(event, "allocated", std::move(postings));
}

// Foreign: Dr merchant / Cr position. CNY: Dr position / Cr merchant. One pair a line.
Draft sale_allocated(const Event& event, const std::string& purchase, std::span<const AllocationLine> lines) {
    std::vector<Posting> postings;
    postings.reserve(lines.size() * 4);
    for (const AllocationLine& line : lines) {
        postings.push_back(debit(merchant(line.merchant, line.foreign.currency()), line.foreign));
        postings.push_back(credit(position(purchase, line.foreign.currency()), line.foreign));
        postings.push_back(debit(position(purchase, line.cny.currency()), line.cny));
        postings.push_back(credit(merchant(line.merchant, line.cny.currency()), line.cny));
    }
    return entry(event, "sale_allocated", std::move(postings));
}

// Foreign: Dr merchant / Cr position. CNY: Dr position / Cr merchant.
Draft refund_netted(const Event& event, const std::string& purchase, const AllocationLine& line) {
    Draft draft = sale_allocated(event, purchase, {&line, 1});
    draft.fact.kind = "refund_netted";
    return draft;
}

// Customer: Dr due_from_own / Cr position. Own: Dr fx_result / Cr due_to_customers.
Draft shortfall_borne(const Event& event, const std::string& purchase, Money cny) {
    return entry(event, "shortfall_borne",
                 {debit(of(AccountKind::DueFromOwn, cny), cny), credit(position(purchase, cny.currency()), cny),
                  debit(of(AccountKind::FxResult, cny), cny), credit(of(AccountKind::DueToCustomers, cny), cny)});
}

// Dr position / Cr suspense
Draft surplus_suspended(const Event& event, const std::string& purchase, Money foreign) {
    return entry(
        event, "surplus_suspended",
        {debit(position(purchase, foreign.currency()), foreign), credit(suspense(foreign.currency()), foreign)});
}

// Dr suspense_debit / Cr position
Draft excess_cost_suspended(const Event& event, const std::string& purchase, Money cny) {
    return entry(event, "excess_cost_suspended",
                 {debit(suspense_debit(cny.currency()), cny), credit(position(purchase, cny.currency()), cny)});
}

// Dr suspense / Cr merchants
Draft deal_gain_shared(const Event& event, std::span<const DifferenceShare> shares) {
    Money sum = Money::zero(shares.front().amount.currency());
    std::vector<Posting> postings;
    for (const DifferenceShare& share : shares) {
        sum += share.amount;
        postings.push_back(credit(merchant(share.merchant, share.amount.currency()), share.amount));
    }
    postings.push_back(debit(suspense(sum.currency()), sum));
    return entry(event, "deal_gain_shared", std::move(postings));
}

// Customer: Dr merchants, Dr due_from_own / Cr suspense_debit. Own: Dr fx_result / Cr due_to_customers.
Draft deal_loss_shared(const Event& event, std::span<const DifferenceShare> shares, Money own) {
    Money sum = own;
    std::vector<Posting> postings{debit(of(AccountKind::DueFromOwn, own), own),
                                  debit(of(AccountKind::FxResult, own), own),
                                  credit(of(AccountKind::DueToCustomers, own), own)};
    for (const DifferenceShare& share : shares) {
        sum += share.amount;
        postings.push_back(debit(merchant(share.merchant, share.amount.currency()), share.amount));
    }
    postings.push_back(credit(suspense_debit(sum.currency()), sum));
    return entry(event, "deal_loss_shared", std::move(postings));
}

// Dr suspense_debit / Cr fx_payable
Draft paid_leg_to_come_back(const Event& event, const std::string& bank, Money amount) {
    return entry(
        event, "paid_leg_to_come_back",
        {debit(suspense_debit(amount.currency()), amount), credit(fx_payable(bank, amount.currency()), amount)});
}

// Dr fx_receivable / Cr suspense
Draft received_leg_to_go_back(const Event& event, const std::string& bank, Money amount) {
    return entry(event, "received_leg_to_go_back",
                 {debit(fx_receivable(bank, amount.currency()), amount), credit(suspense(amount.currency()), amount)});
}

// Dr suspense / Cr suspense_debit
Draft received_leg_went_back(const Event& event, Money amount) {
    return entry(event, "received_leg_went_back",
                 {debit(suspense(amount.currency()), amount), credit(suspense_debit(amount.currency()), amount)});
}

// Customer: Dr due_from_own / Cr fx_payable. Own: Dr fx_result / Cr due_to_customers.
Draft lock_ended_at_cost(const Event& event, const std::string& bank, Money cost) {
    return entry(event, "lock_ended_at_cost",
                 {debit(of(AccountKind::DueFromOwn, cost), cost), credit(fx_payable(bank, cost.currency()), cost),
                  debit(of(AccountKind::FxResult, cost), cost), credit(of(AccountKind::DueToCustomers, cost), cost)});
}

// Customer: Dr fx_receivable / Cr due_to_own. Own: Dr due_from_customers / Cr fx_result.
Draft lock_ended_at_gain(const Event& event, const std::string& bank, Money gain) {
    return entry(event, "lock_ended_at_gain",
                 {debit(fx_receivable(bank, gain.currency()), gain), credit(of(AccountKind::DueToOwn, gain), gain),
                  debit(of(AccountKind::DueFromCustomers, gain), gain), credit(of(AccountKind::FxResult, gain), gain)});
}

}  // namespace huiqiao::flow::postings
