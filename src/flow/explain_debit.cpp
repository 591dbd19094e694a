#include "src/flow/explain_debit.h"

#include <algorithm>
#include <array>

#include "fx/purchase_store.h"
#include "src/flow/can_pay.h"
#include "src/flow/deal_difference.h"
#include "src/flow/explain_debit_parts.h"
#include "src/flow/far_off_matter.h"
#include "src/flow/lock_end_exit.h"
#include "src/flow/suspense_matters.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

namespace {

using namespace debit_error;
using ledger::AccountKind;

constexpr http::TextRule kId{1, 64, false, true};
constexpr std::string_view kRemittance = "remittance";
constexpr std::string_view kPurchase = "purchase";
constexpr std::string_view kMerchant = "merchant";
constexpr std::string_view kRefund = "refund";
constexpr std::string_view kRecalled = "recalled";
constexpr std::string_view kGivenUp = "given_up";
constexpr std::string_view kOwnTransfer = "own_transfer";
constexpr std::string_view kLockEnd = "lock_end";
constexpr std::string_view kAgreement = "agreement";  // who bears what a deal took beyond its order
constexpr std::array<std::string_view, 9> kMeanings{kRemittance, kPurchase,    kMerchant, kRefund,   kRecalled,
                                                    kGivenUp,    kOwnTransfer, kLockEnd,  kAgreement};

struct Wish {
    std::string entry_id;
    std::string as;
    std::string subject_id;  // remittance, own transfer, purchase, end of a lock, merchant, or the entry of the credit
                             // that brought it back
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    Wish wish{json.text("entry_id", kId), json.choice("as", kMeanings), "", {}};
    const bool is_of_nothing_else = wish.as == kGivenUp || wish.as == kRefund || wish.as == kAgreement;
    if (!wish.as.empty() && !is_of_nothing_else) wish.subject_id = json.text("subject_id", kId);
    wish.grounds = read_grounds(json);
    return wish;
}

Status plan_merchant(db::Reader& reader, const ledger::Ledger& ledger, const std::string& id,
                     const postings::Event& event, DebitPlan& plan) {
    if (!parties::PartyStore::merchants(reader, std::span(&id, 1)).contains(id))
        return Error(kNoSubject, {{"what", "merchant"}, {"subject", id}});
    const ledger::Account payer = ledger::merchant(id, plan.item->amount.currency());
    const auto balances = ledger.balances(reader, std::span(&payer, 1));
    if (Status paid = can_pay(balances, payer, plan.item->amount); !paid) return paid;
    plan.entries.push_back(postings::debit_explained(event, payer, plan.item->amount));
    return Done{};
}

/// The credit's entry is turned round, and the same money books the recall.
Status plan_recall(db::Reader& reader, const std::string& entry_id, const postings::Event& event, DebitPlan& plan) {
    Result<Suspended> credit = SuspenseStore::find(reader, entry_id);
    if (!credit) return credit.error();
    // Its own exit alone ends the transfer.
    const std::string transfer = own_transfer_behind(reader, *credit);
    if (!transfer.empty()) return Error(own_transfer_error::kIsOfTransfer, {{"transfer", transfer}});
    const Suspended& item = *plan.item;
    const auto refuse = [&](std::string why) {
        return does_not_fit(item, "the credit of entry " + entry_id, std::move(why));
    };
    const std::string account = credit->owner_of(AccountKind::Provision);
    const bool is_banks = credit->entry.kind == kReceivedLegToGoBack;
    if (credit->is_debit() || (account.empty() && !is_banks)) return refuse("that is no credit on a provision account");
    if (credit->amount.currency() != item.amount.currency() || credit->amount != item.amount)
        return refuse("that is of " + amount_with_currency(credit->amount));
    plan.credit = std::move(credit).value();
    if (is_banks) {
        const auto purchase = fx::PurchaseStore::find(reader, plan.credit->entry.source_id);
        if (!purchase || item.entry.source_type != "statement_line" ||
            item.owner_of(AccountKind::Provision) != purchase->foreign_account)
            return refuse("that is no debit of the account on which the annulled deal's currency came");
        // The bank took back what it had given for a deal that it annulled.
        plan.entries.push_back(postings::received_leg_went_back(event, item.amount));
        return Done{};
    }
    plan.entries.push_back(
        ledger::reversal_of(plan.credit->entry, "recalled", event.actor, event.occurred_at, event.value_date));
    plan.entries.back().request_id = event.request_id;
    plan.entries.push_back(postings::debit_recalled(event, account, item.amount));
    return Done{};
}

}  // namespace

Error does_not_fit(const Suspended& item, const std::string& subject, std::string why) {
    return Error(kDoesNotFit,
                 {{"amount", amount_with_currency(item.amount)}, {"subject", subject}, {"why", std::move(why)}});
}

std::string ExplainDebit::read(http::JsonObject& json) const {
    const Wish wish = read_wish(json);
    http::JsonWriter out;
    out.open_object().field("entry_id", wish.entry_id).field("as", wish.as);
    if (!wish.subject_id.empty()) out.field("subject_id", wish.subject_id);
    write_grounds(out, wish.grounds);
    return out.close_object().take();
}

Touched ExplainDebit::touched(db::Reader& reader, const std::string& text) const {
    const Wish wish = read_back(text, read_wish);
    Touched touched;
    const Result<Suspended> item = SuspenseStore::find(reader, wish.entry_id);
    if (!item) return touched;
    const Currency currency = item->amount.currency();
    touched.accounts.push_back(item->account);
    if (wish.as == kRemittance) {
        touch_remittance(reader, wish.subject_id, touched);
    } else if (wish.as == kPurchase) {
        touch_leg(reader, wish.subject_id, touched);
    } else if (wish.as == kLockEnd) {
        touch_lock_end(reader, wish.subject_id, touched);
    } else if (wish.as == kMerchant) {
        if (parties::PartyStore::merchants(reader, std::span(&wish.subject_id, 1)).contains(wish.subject_id))
            touched.accounts.push_back(ledger::merchant(wish.subject_id, currency));
    } else if (wish.as == kRecalled) {
        const Result<Suspended> credit = SuspenseStore::find(reader, wish.subject_id);
        if (!credit) return touched;
        touched.accounts.push_back(credit->account);
        if (const std::string account = credit->owner_of(AccountKind::Provision); !account.empty())
            touched.accounts.push_back(ledger::provision(account, credit->amount.currency()));
    } else if (wish.as == kAgreement) {
        touch_difference(reader, *item, touched);
    } else if (wish.as == kOwnTransfer) {
        touch_own(reader, wish.subject_id, touched);
    } else if (wish.as == kGivenUp) {
        for (const AccountKind kind : {AccountKind::DueFromOwn, AccountKind::Loss, AccountKind::DueToCustomers})
            touched.accounts.push_back(ledger::single(kind, currency));
    }
    return touched;
}

Result<std::unique_ptr<Plan>> ExplainDebit::plan(db::Reader& reader, const std::string& text,
                                                 const postings::Event& event) const {
    const Wish wish = read_back(text, read_wish);
    Result<Suspended> item = SuspenseStore::find(reader, wish.entry_id);
    if (!item) return item.error();
    if (!item->is_debit()) return Error(kIsCredit, {{"entry", wish.entry_id}});
    if (auto refused = not_alone(reader, *item, wish.as)) return *std::move(refused);
    auto plan = std::make_unique<DebitPlan>();
    plan->subject_id = wish.entry_id;
    plan->item = std::move(item).value();
    const std::string transfer = own_transfer_behind(reader, *plan->item);
    if (wish.as != kOwnTransfer && !transfer.empty())
        return Error(own_transfer_error::kIsOfTransfer, {{"transfer", transfer}});
    Status planned = Done{};
    if (wish.as == kRemittance) {
        planned = plan_remittance(reader, ledger(), wish.subject_id, event, *plan);
    } else if (wish.as == kPurchase) {
        Result<LegExit> leg = plan_leg(reader, *plan->item, wish.subject_id, event, *plan);
        if (!leg) return leg.error();
        plan->leg = std::move(leg).value();
    } else if (wish.as == kLockEnd) {
        Result<fx::LockEnd> end = plan_lock_end(reader, *plan->item, wish.subject_id, event, *plan);
        if (!end) return end.error();
        plan->lock_end = std::move(end).value();
    } else if (wish.as == kMerchant) {
        planned = plan_merchant(reader, ledger(), wish.subject_id, event, *plan);
    } else if (wish.as == kRecalled) {
        planned = plan_recall(reader, wish.subject_id, event, *plan);
    } else if (wish.as == kAgreement) {
        Result<ledger::Draft> shared = plan_difference(reader, ledger(), *plan->item, event);
        if (!shared) return shared.error();
        plan->entries.push_back(std::move(shared).value());
    } else if (wish.as == kOwnTransfer) {
        Result<OwnExit> own = plan_own(reader, *plan->item, wish.subject_id, event, *plan);
        if (!own) return own.error();
        plan->own = std::move(own).value();
    } else if (wish.as == kGivenUp) {
        plan->entries.push_back(postings::debit_given_up(event, plan->item->amount));
    } else {
        return Error(kNoRefunds);
    }
    if (!planned) return planned.error();
    return std::unique_ptr<Plan>(std::move(plan));
}

void ExplainDebit::carry_out(db::Group& group, const Released& released, Plan& planned) const {
    auto& plan = static_cast<DebitPlan&>(planned);
    const std::string note = closing_note(released);
    SuspenseStore::settle(group, *plan.item, released.approval_id);
    if (plan.remittance) settle_remittance(group, plan, note);
    if (plan.leg) settle_leg(group, ledger(), *plan.leg, *plan.item);
    if (plan.lock_end) settle_lock_end(group, ledger(), *plan.lock_end, *plan.item);
    if (plan.own) settle_own(group, *plan.own, note);
    if (plan.credit) {
        SuspenseStore::settle(group, *plan.credit, released.approval_id);
        close_matters(group, *plan.credit, note);
    }
    close_matters(group, *plan.item, note);
}

}  // namespace huiqiao::flow
