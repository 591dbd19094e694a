#include "src/flow/purchase_leg_exit.h"

#include <algorithm>

#include "fx/purchase_store.h"
#include "src/flow/convert_legs.h"
#include "src/flow/explain_debit_parts.h"
#include "src/flow/resolve_suspense.h"

namespace huiqiao::flow {

namespace {

using fx::PurchaseLeg;

std::vector<PurchaseLeg> legs_of(db::Reader& reader, const fx::Purchase& purchase) {
    const std::vector<std::string> ids{fx::leg_id(purchase.reference, purchase.cny_account),
                                       fx::leg_id(purchase.reference, purchase.foreign_account)};
    return fx::PurchaseStore::legs(reader, ids);
}

/// The one that is paid is a debit, the one that is received a credit.
template <class Legs>
auto leg_for(Legs& legs, const Suspended& item) {
    return std::find_if(legs.begin(), legs.end(),
                        [&](const PurchaseLeg& leg) { return leg.credit != item.is_debit(); });
}

Error refused(const Suspended& item, const std::string& purchase_id, std::string why) {
    const std::string subject = "purchase " + purchase_id;
    if (item.is_debit()) return does_not_fit(item, subject, std::move(why));
    return Error(suspense_error::kDoesNotFit,
                 {{"amount", amount_with_currency(item.amount)}, {"subject", subject}, {"why", std::move(why)}});
}

ledger::Draft entry_of(const LegExit& exit, const PurchaseLeg& leg, const Suspended& item,
                       const postings::Event& event) {
    const Currency currency = item.amount.currency();
    if (leg.credit) return postings::credit_explained(event, ledger::fx_receivable(leg.bank, currency), item.amount);
    ledger::Draft entry = postings::debit_explained(event, ledger::fx_payable(leg.bank, currency), item.amount);
    if (!exit.purchase.provision_hold.empty()) entry.uses_holds.push_back(exit.purchase.provision_hold);
    return entry;
}

}  // namespace

void touch_leg(db::Reader& reader, const std::string& purchase_id, Touched& touched) {
    const auto purchase = fx::PurchaseStore::find(reader, purchase_id);
    if (!purchase) return;
    touched.row(fx::kPurchaseLock, purchase->id);
    touched.accounts.push_back(ledger::fx_payable(purchase->bank, purchase->cny.currency()));
    touched.accounts.push_back(ledger::fx_receivable(purchase->bank, purchase->currency));
    touched.accounts.push_back(ledger::provision(purchase->cny_account, purchase->cny.currency()));  // its hold ends
}

Result<LegExit> plan_leg(db::Reader& reader, const Suspended& item, const std::string& purchase_id,
                         const postings::Event& event, Plan& plan) {
    auto purchase = fx::PurchaseStore::find(reader, purchase_id);
    if (!purchase) return Error(debit_error::kNoSubject, {{"what", "purchase"}, {"subject", purchase_id}});
    std::vector<PurchaseLeg> legs = legs_of(reader, *purchase);
    const LegExit exit{*std::move(purchase), std::move(legs)};
    const auto leg = leg_for(exit.legs, item);
    if (item.entry.source_type != "statement_line") return refused(item, purchase_id, "it is no line of a statement");
    if (exit.purchase.state != fx::PurchaseState::Dealt || leg == exit.legs.end())
        return refused(item, purchase_id, "no leg of it is due");
    if (!leg->settled_by.empty()) return refused(item, purchase_id, "its leg was paid before");
    if (item.owner_of(ledger::AccountKind::Provision) != leg->account)
        return refused(item, purchase_id, "it was booked on another account");
    if (item.amount.currency() != leg->amount.currency() || item.amount != leg->amount)
        return refused(item, purchase_id, "its leg is of " + amount_with_currency(leg->amount));
    plan.changes.push_back({purchase_id, "leg on " + leg->account + " due",
                            "leg on " + leg->account + (leg->credit ? " received" : " paid")});
    plan.entries.push_back(entry_of(exit, *leg, item, event));
    return exit;
}

void settle_leg(db::Group& group, const ledger::Ledger& ledger, LegExit& exit, const Suspended& item) {
    const auto leg = leg_for(exit.legs, item);
    leg->settled_by = item.entry.source_id;
    leg->settled_at = group.now;
    if (item.is_debit()) exit.purchase.provision_hold.clear();
    save_settled(group, ledger, exit.purchase, exit.legs);
}

}  // namespace huiqiao::flow
