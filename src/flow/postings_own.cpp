// Own transfers that did not go as ordered: the part of src/flow/postings.h between customers' money and ours that
// follows on topped_up and swept_out.

#include "src/flow/postings_entry.h"

namespace huiqiao::flow::postings {

namespace {

using ledger::AccountKind;
using ledger::credit;
using ledger::debit;
using ledger::own_bank;
using ledger::provision;
using ledger::suspense;
using ledger::suspense_debit;

ledger::Account of(AccountKind kind, const Money& amount) {
    return ledger::single(kind, amount.currency());
}

}  // namespace

// Customer: Dr provision (net) / Cr due_to_own (net). Own: Dr due_from_customers (net), Dr bank_charge / Cr own_bank.
Draft sweep_returned(const Event& event, const std::string& to, const std::string& from, Money net, Money charge) {
    return entry(event, "sweep_returned",
                 {debit(provision(to, net.currency()), net), credit(of(AccountKind::DueToOwn, net), net),
                  debit(of(AccountKind::DueFromCustomers, net), net), debit(of(AccountKind::BankCharge, net), charge),
                  credit(own_bank(from, net.currency()), net + charge)});
}

// Customer: Dr due_from_own / Cr provision. Own: Dr own_bank / Cr due_to_customers.
Draft top_up_returned(const Event& event, const std::string& from, const std::string& to, Money amount) {
    return entry(
        event, "top_up_returned",
        {debit(of(AccountKind::DueFromOwn, amount), amount), credit(provision(from, amount.currency()), amount),
         debit(own_bank(to, amount.currency()), amount), credit(of(AccountKind::DueToCustomers, amount), amount)});
}

// Customer: Dr suspense / Cr due_from_own (owed), Cr due_to_own (surplus).
// Own: Dr due_to_customers (owed), Dr due_from_customers (surplus) / Cr own_bank.
Draft own_money_arrived(const Event& event, const std::string& from, Money owed, Money surplus) {
    const Money all = owed + surplus;
    return entry(
        event, "own_money_arrived",
        {debit(suspense(all.currency()), all), credit(of(AccountKind::DueFromOwn, owed), owed),
         credit(of(AccountKind::DueToOwn, surplus), surplus), debit(of(AccountKind::DueToCustomers, owed), owed),
         debit(of(AccountKind::DueFromCustomers, surplus), surplus), credit(own_bank(from, all.currency()), all)});
}

// Customer: Dr due_to_own (earned), Dr due_from_own (excess) / Cr suspense_debit.
// Own: Dr own_bank / Cr due_from_customers (earned), Cr due_to_customers (excess).
Draft own_money_left(const Event& event, const std::string& to, Money earned, Money excess) {
    const Money all = earned + excess;
    return entry(event, "own_money_left",
                 {debit(of(AccountKind::DueToOwn, earned), earned), debit(of(AccountKind::DueFromOwn, excess), excess),
                  credit(suspense_debit(all.currency()), all), debit(own_bank(to, all.currency()), all),
                  credit(of(AccountKind::DueFromCustomers, earned), earned),
                  credit(of(AccountKind::DueToCustomers, excess), excess)});
}

}  // namespace huiqiao::flow::postings
