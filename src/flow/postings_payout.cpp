// Remittances, charges, refunds and what nobody can explain: the second half of src/flow/postings.h.

#include "src/flow/postings_entry.h"

namespace huiqiao::flow::postings {

namespace {

using ledger::AccountKind;
using ledger::clearing;
using ledger::credit;
using ledger::debit;
using ledger::merchant;
using ledger::own_bank;
using ledger::Posting;
using ledger::provision;
using ledger::refunding;
using ledger::remitting;
using ledger::single;
using ledger::suspense;
using ledger::suspense_debit;

}  // namespace

// Dr merchant / Cr remitting
Draft remittance_ordered(const Event& event, const std::string& payer, const std::string& bank_account, Money amount) {
    return entry(event, "remittance_ordered",
                 {debit(merchant(payer, amount.currency()), amount),
                  credit(remitting(bank_account, amount.currency()), amount)});
}

// Dr merchant, one a payer / Cr remitting
Draft remittance_ordered(const Event& event, std::span<const MerchantAmount> payers, const std::string& bank_account) {
    std::vector<Posting> postings;
    postings.reserve(payers.size() * 2);
    for (const MerchantAmount& payer : payers) {
        postings.push_back(debit(merchant(payer.merchant, payer.amount.currency()), payer.amount));
        postings.push_back(credit(remitting(bank_account, payer.amount.currency()), payer.amount));
    }
    return entry(event, "remittance_ordered", std::move(postings));
}

// Dr remitting / Cr provision
Draft remittance_debited(const Event& event, const std::string& bank_account, Money amount) {
    return entry(event, "remittance_debited",
                 {debit(remitting(bank_account, amount.currency()), amount),
                  credit(provision(bank_account, amount.currency()), amount)});
}

// Dr remitting / Cr merchant
Draft remittance_rejected(const Event& event, const std::string& payer, const std::string& bank_account, Money amount) {
    return entry(event, "remittance_rejected",
                 {debit(remitting(bank_account, amount.currency()), amount),
                  credit(merchant(payer, amount.currency()), amount)});
}

// Dr remitting A / Cr remitting B
Draft remittance_moved(const Event& event, const std::string& from, const std::string& to, Money amount) {
    return entry(event, "remittance_moved",
                 {debit(remitting(from, amount.currency()), amount), credit(remitting(to, amount.currency()), amount)});
}

// Customer: Dr due_from_own / Cr provision. Own: Dr bank_charge / Cr due_to_customers.
Draft charge_borne_by_us(const Event& event, const std::string& bank_account, Money charge) {
    const Currency currency = charge.currency();
    return entry(
        event, "charge_borne_by_us",
        {debit(single(AccountKind::DueFromOwn, currency), charge), credit(provision(bank_account, currency), charge),
         debit(single(AccountKind::BankCharge, currency), charge),
         credit(single(AccountKind::DueToCustomers, currency), charge)});
}

// Dr merchant / Cr provision
Draft charge_borne_by_merchant(const Event& event, const std::string& payer, const std::string& bank_account,
                               Money charge) {
    return entry(event, "charge_borne_by_merchant",
                 {debit(merchant(payer, charge.currency()), charge),
                  credit(provision(bank_account, charge.currency()), charge)});
}

// Own: Dr bank_charge / Cr own_bank
Draft charge_at_own_bank(const Event& event, const std::string& bank_account, Money charge) {
    return entry(event, "charge_at_own_bank",
                 {debit(single(AccountKind::BankCharge, charge.currency()), charge),
                  credit(own_bank(bank_account, charge.currency()), charge)});
}

// Customer: Dr provision (net) / Cr merchant (net); Dr due_from_own / Cr merchant (the charge that we bear).
// Own: Dr bank_charge / Cr due_to_customers.
Draft remittance_returned(const Event& event, const std::string& bank_account, const std::string& payee, Money net,
                          Money charge_we_bear) {
    const Currency currency = net.currency();
    return entry(event, "remittance_returned",
                 {debit(provision(bank_account, currency), net), credit(merchant(payee, currency), net),
                  debit(single(AccountKind::DueFromOwn, currency), charge_we_bear),
                  credit(merchant(payee, currency), charge_we_bear),
                  debit(single(AccountKind::BankCharge, currency), charge_we_bear),
                  credit(single(AccountKind::DueToCustomers, currency), charge_we_bear)});
}

// Dr merchant / Cr refunding
Draft refund_accepted(const Event& event, const std::string& payer, const std::string& channel, Money amount) {
    return entry(
        event, "refund_accepted",
        {debit(merchant(payer, amount.currency()), amount), credit(refunding(channel, amount.currency()), amount)});
}

// Dr refunding / Cr clearing
Draft refund_paid(const Event& event, const std::string& channel, Money amount) {
    return entry(
        event, "refund_paid",
        {debit(refunding(channel, amount.currency()), amount), credit(clearing(channel, amount.currency()), amount)});
}

// Dr refunding / Cr merchant
Draft refund_rejected(const Event& event, const std::string& payee, const std::string& channel, Money amount) {
    return entry(
        event, "refund_rejected",
        {debit(refunding(channel, amount.currency()), amount), credit(merchant(payee, amount.currency()), amount)});
}

// Dr clearing / Cr suspense
Draft refund_bounced(const Event& event, const std::string& channel, Money amount) {
    return entry(event, "refund_bounced",
                 {debit(clearing(channel, amount.currency()), amount), credit(suspense(amount.currency()), amount)});
}

// Dr clearing / Cr provision
Draft channel_funded(const Event& event, const std::string& channel, const std::string& bank_account, Money amount) {
    return entry(event, "channel_funded",
                 {debit(clearing(channel, amount.currency()), amount),
                  credit(provision(bank_account, amount.currency()), amount)});
}

// Dr provision / Cr suspense
Draft credit_suspended(const Event& event, const std::string& bank_account, Money amount) {
    return entry(
        event, "credit_suspended",
        {debit(provision(bank_account, amount.currency()), amount), credit(suspense(amount.currency()), amount)});
}

// Dr clearing / Cr suspense
Draft channel_credit_suspended(const Event& event, const std::string& channel, Money amount) {
    return entry(event, "channel_credit_suspended",
                 {debit(clearing(channel, amount.currency()), amount), credit(suspense(amount.currency()), amount)});
}

// Dr suspense / Cr merchant
Draft suspense_revived(const Event& event, const std::string& payee, Money amount) {
    return entry(event, "suspense_revived",
                 {debit(suspense(amount.currency()), amount), credit(merchant(payee, amount.currency()), amount)});
}

// Dr suspense / Cr fx_receivable or transfer
Draft credit_explained(const Event& event, const ledger::Account& explained_as, Money amount) {
    if (explained_as.kind != AccountKind::FxReceivable && explained_as.kind != AccountKind::Transfer)
        throw LogicError("a credit cannot be explained as " + explained_as.id());
    return entry(event, "credit_explained", {debit(suspense(amount.currency()), amount), credit(explained_as, amount)});
}

// Dr suspense / Cr refunding
Draft suspense_to_channel(const Event& event, const std::string& channel, Money amount) {
    return entry(event, "suspense_to_channel",
                 {debit(suspense(amount.currency()), amount), credit(refunding(channel, amount.currency()), amount)});
}

// Dr suspense / Cr remitting
Draft suspense_to_bank(const Event& event, const std::string& bank_account, Money amount) {
    return entry(
        event, "suspense_to_bank",
        {debit(suspense(amount.currency()), amount), credit(remitting(bank_account, amount.currency()), amount)});
}

// Dr suspense_debit / Cr provision
Draft debit_suspended(const Event& event, const std::string& bank_account, Money amount) {
    return entry(
        event, "debit_suspended",
        {debit(suspense_debit(amount.currency()), amount), credit(provision(bank_account, amount.currency()), amount)});
}

// Dr remitting, fx_payable, refunding, merchant or transfer / Cr suspense_debit
Draft debit_explained(const Event& event, const ledger::Account& explained_as, Money amount) {
    const AccountKind kind = explained_as.kind;
    if (kind != AccountKind::Remitting && kind != AccountKind::FxPayable && kind != AccountKind::Refunding &&
        kind != AccountKind::Merchant && kind != AccountKind::Transfer) {
        throw LogicError("a debit cannot be explained as " + explained_as.id());
    }
    return entry(event, "debit_explained",
                 {debit(explained_as, amount), credit(suspense_debit(amount.currency()), amount)});
}

// Dr provision / Cr suspense_debit
Draft debit_recalled(const Event& event, const std::string& bank_account, Money amount) {
    return entry(
        event, "debit_recalled",
        {debit(provision(bank_account, amount.currency()), amount), credit(suspense_debit(amount.currency()), amount)});
}

// Customer: Dr due_from_own / Cr suspense_debit. Own: Dr loss / Cr due_to_customers.
Draft debit_given_up(const Event& event, Money amount) {
    const Currency currency = amount.currency();
    return entry(event, "debit_given_up",
                 {debit(single(AccountKind::DueFromOwn, currency), amount), credit(suspense_debit(currency), amount),
                  debit(single(AccountKind::Loss, currency), amount),
                  credit(single(AccountKind::DueToCustomers, currency), amount)});
}

}  // namespace huiqiao::flow::postings
