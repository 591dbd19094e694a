#include "src/flow/resolve_suspense.h"

#include <array>

#include "src/flow/deal_difference.h"
#include "src/flow/far_off_matter.h"
#include "src/flow/lock_end_exit.h"
#include "src/flow/own_transfer_exit.h"
#include "src/flow/purchase_leg_exit.h"
#include "src/flow/save_orders.h"
#include "src/flow/suspense_matters.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/orders/payment_store.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

namespace {

using namespace suspense_error;
using orders::Order;
using orders::Payment;

constexpr http::TextRule kId{1, 64, false, true};
constexpr std::string_view kToOrder = "order";
constexpr std::string_view kToMerchant = "merchant";
constexpr std::string_view kByChannel = "channel";
constexpr std::string_view kByBank = "bank";
constexpr std::string_view kToTransfer = "own_transfer";
constexpr std::string_view kToPurchase = "purchase";
constexpr std::string_view kToLockEnd = "lock_end";
constexpr std::string_view kToMerchants = "merchants";  // whose orders a deal was for
constexpr std::array<std::string_view, 8> kWays{kToOrder,   kToMerchant,  kToTransfer, kToPurchase,
                                                kToLockEnd, kToMerchants, kByChannel,  kByBank};

struct Wish {
    std::string entry_id;
    std::string to;
    std::string merchant_id;    // only where it goes to a merchant
    std::string remittance_id;  // only where it is an own transfer's
    std::string purchase_id;    // only where it is a purchase's
    std::string end_id;         // only where the end of a lock brought it
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    Wish wish{json.text("entry_id", kId), json.choice("to", kWays), "", "", "", "", {}};
    if (wish.to == kToMerchant) wish.merchant_id = json.text("merchant_id", kId);
    if (wish.to == kToTransfer) wish.remittance_id = json.text("remittance_id", kId);
    if (wish.to == kToPurchase) wish.purchase_id = json.text("purchase_id", kId);
    if (wish.to == kToLockEnd) wish.end_id = json.text("end_id", kId);
    wish.grounds = read_grounds(json);
    return wish;
}

struct SuspensePlan final : Plan {
    std::optional<Suspended> item;
    std::optional<Payment> payment;  // where an order is revived
    std::optional<Order> order;
    std::optional<LegExit> leg;  // where it is a purchase's
    std::optional<fx::LockEnd> lock_end;
    std::optional<OwnExit> own;  // where it is an own transfer's
};

std::optional<Payment> payment_of(db::Reader& reader, const Suspended& item) {
    if (item.entry.source_type != "payment") return std::nullopt;
    std::vector<Payment> found = orders::PaymentStore().load(reader, std::span(&item.entry.source_id, 1));
    if (found.empty()) throw LogicError("the payment of entry " + item.entry.id + " is not there");
    return std::move(found.front());
}

bool is_active_merchant(db::Reader& reader, const std::string& id) {
    const auto merchants = parties::PartyStore::merchants(reader, std::span(&id, 1));
    const auto found = merchants.find(id);
    return found != merchants.end() && found->second.state == parties::PartyState::Active;
}

Error no_way_back(std::string_view to) {
    if (to == kByChannel) {
        return Error(kNoWayBack, {{"way", "channel"},
                                  {"way_zh", "渠道"},
                                  {"why", "no refund is sent by this program; ask the channel to return the payment"},
                                  {"why_zh", "本系统不发起退款，请联系渠道退回"}});
    }
    return Error(kNoWayBack, {{"way", "bank"},
                              {"way_zh", "银行"},
                              {"why", "its sender's account is not known here; ask the bank to return the credit"},
                              {"why_zh", "付款人账户未知，请联系银行退回该笔入账"}});
}

/// The order is paid by it to the last fen, and its platform still wants it.
Status revive(db::Reader& reader, SuspensePlan& plan, const postings::Event& event) {
    const Suspended& item = *plan.item;
    plan.payment = payment_of(reader, item);
    if (!plan.payment) return Error(kNoPayment, {{"entry", item.entry.id}});
    plan.order = orders::OrderStore::find(reader, plan.payment->order_id);
    if (!plan.order) throw LogicError("the order of payment " + plan.payment->id + " is not there");
    const Order& order = *plan.order;
    if (order.cancelled) return Error(kOrderCancelled, {{"order", order.id}});
    if (order.amounts.paid + item.amount != order.amounts.due) {
        return Error(kNotWhole, {{"order", order.id},
                                 {"open", amount_with_currency(order.amounts.due - order.amounts.paid)},
                                 {"amount", amount_with_currency(item.amount)}});
    }
    if (orders::payment_move(plan.payment->state, orders::PaymentEvent::Resolved) == nullptr)
        throw LogicError("payment " + plan.payment->id + " is in suspense and not disputed");
    plan.changes.push_back({plan.payment->id, std::string(orders::to_text(plan.payment->state)),
                            std::string(orders::to_text(orders::PaymentState::Succeeded))});
    plan.changes.push_back({order.id, std::string(orders::to_text(order.state)), "paid in full"});
    plan.entries.push_back(postings::suspense_revived(event, order.merchant_id, item.amount));
    return Done{};
}

}  // namespace

std::string ResolveSuspense::read(http::JsonObject& json) const {
    const Wish wish = read_wish(json);
    http::JsonWriter out;
    out.open_object().field("entry_id", wish.entry_id).field("to", wish.to);
    if (!wish.merchant_id.empty()) out.field("merchant_id", wish.merchant_id);
    if (!wish.remittance_id.empty()) out.field("remittance_id", wish.remittance_id);
    if (!wish.purchase_id.empty()) out.field("purchase_id", wish.purchase_id);
    if (!wish.end_id.empty()) out.field("end_id", wish.end_id);
    write_grounds(out, wish.grounds);
    return out.close_object().take();
}

Touched ResolveSuspense::touched(db::Reader& reader, const std::string& text) const {
    const Wish wish = read_back(text, read_wish);
    Touched touched;
    const Result<Suspended> item = SuspenseStore::find(reader, wish.entry_id);
    if (!item) return touched;
    touched.accounts.push_back(item->account);
    if (const auto payment = payment_of(reader, *item)) {
        touched.row(orders::kOrderLock, payment->order_id);
        touched.row(orders::kPaymentLock, payment->id);
        touched.accounts.push_back(ledger::merchant(payment->merchant_id, item->amount.currency()));
    }
    if (!wish.merchant_id.empty() && is_active_merchant(reader, wish.merchant_id))
        touched.accounts.push_back(ledger::merchant(wish.merchant_id, item->amount.currency()));
    if (wish.to == kToMerchants) touch_difference(reader, *item, touched);
    if (wish.to == kToPurchase) touch_leg(reader, wish.purchase_id, touched);
    if (wish.to == kToLockEnd) touch_lock_end(reader, wish.end_id, touched);
    if (wish.to == kToTransfer) touch_own(reader, wish.remittance_id, touched);
    return touched;
}

Result<std::unique_ptr<Plan>> ResolveSuspense::plan(db::Reader& reader, const std::string& text,
                                                    const postings::Event& event) const {
    const Wish wish = read_back(text, read_wish);
    Result<Suspended> item = SuspenseStore::find(reader, wish.entry_id);
    if (!item) return item.error();
    if (item->is_debit()) return Error(kIsDebit, {{"entry", wish.entry_id}});
    if (auto refused = not_alone(reader, *item, wish.to)) return *std::move(refused);
    auto plan = std::make_unique<SuspensePlan>();
    plan->subject_id = wish.entry_id;
    plan->item = std::move(item).value();
    const std::string transfer = own_transfer_behind(reader, *plan->item);
    const bool is_elsewhere = wish.to != kToTransfer && wish.to != kByChannel && wish.to != kByBank;
    if (is_elsewhere && !transfer.empty()) return Error(own_transfer_error::kIsOfTransfer, {{"transfer", transfer}});
    if (wish.to == kToOrder) {
        if (const Status revived = revive(reader, *plan, event); !revived) return revived.error();
    } else if (wish.to == kToMerchant) {
        if (plan->item->entry.source_type == "payment")
            return Error(kIsPayment, {{"payment", plan->item->entry.source_id}});
        if (!is_active_merchant(reader, wish.merchant_id)) return Error(kNoMerchant, {{"merchant", wish.merchant_id}});
        plan->entries.push_back(postings::suspense_revived(event, wish.merchant_id, plan->item->amount));
    } else if (wish.to == kToMerchants) {
        Result<ledger::Draft> shared = plan_difference(reader, ledger(), *plan->item, event);
        if (!shared) return shared.error();
        plan->entries.push_back(std::move(shared).value());
    } else if (wish.to == kToPurchase) {
        Result<LegExit> leg = plan_leg(reader, *plan->item, wish.purchase_id, event, *plan);
        if (!leg) return leg.error();
        plan->leg = std::move(leg).value();
    } else if (wish.to == kToLockEnd) {
        Result<fx::LockEnd> end = plan_lock_end(reader, *plan->item, wish.end_id, event, *plan);
        if (!end) return end.error();
        plan->lock_end = std::move(end).value();
    } else if (wish.to == kToTransfer) {
        Result<OwnExit> own = plan_own(reader, *plan->item, wish.remittance_id, event, *plan);
        if (!own) return own.error();
        plan->own = std::move(own).value();
    } else {
        return no_way_back(wish.to);
    }
    return std::unique_ptr<Plan>(std::move(plan));
}

void ResolveSuspense::carry_out(db::Group& group, const Released& released, Plan& planned) const {
    auto& plan = static_cast<SuspensePlan&>(planned);
    const std::string note = closing_note(released);
    SuspenseStore::settle(group, *plan.item, released.approval_id);
    if (plan.payment) {
        Payment& payment = *plan.payment;
        payment.state = orders::payment_move(payment.state, orders::PaymentEvent::Resolved)->to;
        payment.reason.clear();
        const orders::PaymentStore::Change change{&payment, std::nullopt};
        const orders::PaymentAllocation allocation{payment.id, payment.order_id, plan.item->amount};
        orders::PaymentStore().save(group, std::span(&change, 1));
        orders::PaymentStore().allocate(group, std::span(&allocation, 1));
        plan.order->amounts.paid += plan.item->amount;
        const OrderChange paid{&*plan.order, "order.paid"};
        save_orders(group, std::span(&paid, 1));
        // Where the channel's money is here already, the order is funded by the next look at it.
        operators::WorkItems().close(group, "settled_but_not_paid", payment.reference, note);
    }
    if (plan.leg) settle_leg(group, ledger(), *plan.leg, *plan.item);
    if (plan.lock_end) settle_lock_end(group, ledger(), *plan.lock_end, *plan.item);
    if (plan.own) settle_own(group, *plan.own, note);
    close_matters(group, *plan.item, note);
}

}  // namespace huiqiao::flow
