#include "src/orders/order.h"

#include <array>

namespace huiqiao::orders {

namespace {

constexpr std::array kPayoutKinds{PayoutKind::Fx, PayoutKind::Cny, PayoutKind::Domestic, PayoutKind::None};
constexpr std::array kTradeKinds{TradeKind::Goods9610,   TradeKind::Goods1210, TradeKind::General,
                                 TradeKind::StudyAbroad, TradeKind::AirTicket, TradeKind::Hotel,
                                 TradeKind::Conference};
constexpr std::array kOrderStates{OrderState::Created,   OrderState::AwaitingPayment, OrderState::Paid,
                                  OrderState::Funded,    OrderState::Converting,      OrderState::Converted,
                                  OrderState::Remitting, OrderState::Completed,       OrderState::Expired,
                                  OrderState::Cancelled, OrderState::Refunding,       OrderState::Refunded};

}  // namespace

OrderAmounts OrderAmounts::of(const Money& due, Currency payout_currency) {
    const Money nothing = Money::zero(due.currency());
    const Money nothing_out = Money::zero(payout_currency);
    return {due,     nothing, nothing, nothing,     nothing,     nothing,
            nothing, nothing, nothing, nothing_out, nothing_out, nothing_out};
}

Money OrderAmounts::convertible() const {
    return funded - fee - refunding - refunded - converting - converted - rest;
}

Money OrderAmounts::remittable(PayoutKind kind) const {
    switch (kind) {
        case PayoutKind::Fx: return bought - remitting - remitted;
        case PayoutKind::Cny:
        case PayoutKind::Domestic: return convertible() - remitting - remitted;
        case PayoutKind::None: return Money::zero(remitted.currency());
    }
    throw LogicError("payout kind out of range");
}

// What is under way with somebody else comes first (a refund, a remittance, a purchase); of what is at rest, the
// earliest stage that still waits for something. Money wins over the flags: an order that was revived after it had
// expired goes by its money again.
OrderState state_of(const OrderAmounts& a, PayoutKind kind, bool payment_open, bool expired, bool cancelled) {
    if (kind == PayoutKind::None) return OrderState::Completed;
    if (a.refunding.is_positive()) return OrderState::Refunding;
    if (a.paid.is_positive() && a.refunded >= a.paid) return OrderState::Refunded;
    if (a.remitting.is_positive()) return OrderState::Remitting;
    if (a.converting.is_positive()) return OrderState::Converting;
    if (a.paid < a.due) {
        if (cancelled) return OrderState::Cancelled;
        if (expired) return OrderState::Expired;
        return payment_open || a.paid.is_positive() ? OrderState::AwaitingPayment : OrderState::Created;
    }
    if (a.funded < a.paid) return OrderState::Paid;
    if (kind == PayoutKind::Fx) {
        if (a.convertible().is_positive()) return OrderState::Funded;
        return a.remittable(kind).is_positive() ? OrderState::Converted : OrderState::Completed;
    }
    return a.remittable(kind).is_positive() ? OrderState::Funded : OrderState::Completed;
}

std::string_view meaning_of(OrderState state) {
    switch (state) {
        case OrderState::Created: return "taken in; no payment is under way";
        case OrderState::AwaitingPayment: return "the buyer can pay, or has paid in part";
        case OrderState::Paid: return "the channel confirmed the payment; its money is not yet at the bank";
        case OrderState::Funded: return "the channel's money is at the bank; to be converted, or remitted in CNY";
        case OrderState::Converting: return "in a purchase of foreign currency";
        case OrderState::Converted: return "foreign currency is allocated and can be remitted";
        case OrderState::Remitting: return "ordered at a bank, whose debit is awaited";
        case OrderState::Completed: return "nothing is open";
        case OrderState::Expired: return "not paid in time";
        case OrderState::Cancelled: return "taken back before it was paid";
        case OrderState::Refunding: return "a refund is accepted and not yet paid back";
        case OrderState::Refunded: return "all that was paid went back";
    }
    throw LogicError("order state out of range");
}

std::string order_states_table() {
    std::string table = "| State | Meaning |\n|---|---|\n";
    for (const OrderState state : kOrderStates) {
        table += "| `" + std::string(to_text(state)) + "` | " + std::string(meaning_of(state)) + " |\n";
    }
    return table;
}

std::string_view to_text(PayoutKind kind) {
    switch (kind) {
        case PayoutKind::Fx: return "fx";
        case PayoutKind::Cny: return "cny";
        case PayoutKind::Domestic: return "domestic";
        case PayoutKind::None: return "none";
    }
    throw LogicError("payout kind out of range");
}

std::string_view to_text(TradeKind kind) {
    switch (kind) {
        case TradeKind::Goods9610: return "goods_9610";
        case TradeKind::Goods1210: return "goods_1210";
        case TradeKind::General: return "general";
        case TradeKind::StudyAbroad: return "study_abroad";
        case TradeKind::AirTicket: return "air_ticket";
        case TradeKind::Hotel: return "hotel";
        case TradeKind::Conference: return "conference";
    }
    throw LogicError("trade kind out of range");
}

std::string_view to_text(OrderState state) {
    switch (state) {
        case OrderState::Created: return "created";
        case OrderState::AwaitingPayment: return "awaiting_payment";
        case OrderState::Paid: return "paid";
        case OrderState::Funded: return "funded";
        case OrderState::Converting: return "converting";
        case OrderState::Converted: return "converted";
        case OrderState::Remitting: return "remitting";
        case OrderState::Completed: return "completed";
        case OrderState::Expired: return "expired";
        case OrderState::Cancelled: return "cancelled";
        case OrderState::Refunding: return "refunding";
        case OrderState::Refunded: return "refunded";
    }
    throw LogicError("order state out of range");
}

Result<PayoutKind> payout_kind_from_text(std::string_view text) {
    for (const PayoutKind kind : kPayoutKinds) {
        if (to_text(kind) == text) return kind;
    }
    return Error(order_error::kUnknownKind, {{"what", "payout"}, {"text", std::string(text.substr(0, 40))}});
}

Result<TradeKind> trade_kind_from_text(std::string_view text) {
    for (const TradeKind kind : kTradeKinds) {
        if (to_text(kind) == text) return kind;
    }
    return Error(order_error::kUnknownKind, {{"what", "trade"}, {"text", std::string(text.substr(0, 40))}});
}

OrderState order_state_from_text(std::string_view text) {
    for (const OrderState state : kOrderStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no order state: " + std::string(text));
}

}  // namespace huiqiao::orders
