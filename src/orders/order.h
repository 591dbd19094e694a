#pragma once
// An order: whose money, how much is due from the buyer in CNY, how it shall be paid out, and how far its money has
// come. The money state is never set: it is computed from the amounts. The declaration has a state of its own.
// Names and identity numbers are not here; they stand sealed in person rows that the order points to.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::orders {

enum class PayoutKind {
    Fx,        // buy foreign currency and remit it
    Cny,       // remit CNY abroad
    Domestic,  // pay out at home
    None,      // collected by another institution: declared only, no money states
};

enum class TradeKind { Goods9610, Goods1210, General, StudyAbroad, AirTicket, Hotel, Conference };

enum class OrderState {
    Created,
    AwaitingPayment,
    Paid,
    Funded,
    Converting,
    Converted,
    Remitting,
    Completed,
    Expired,
    Cancelled,
    Refunding,
    Refunded,
};

/// How far the money has come. CNY: due to converted and rest; payout currency: bought, remitting, remitted (for
/// payouts in CNY and at home those three are CNY and nothing is converted).
struct OrderAmounts {
    Money due;        // from the buyer
    Money paid;       // confirmed by the channel
    Money funded;     // arrived at the bank, gross of the channel's cost
    Money fee;        // taken by us, once funded
    Money refunding;  // accepted, not yet paid back
    Money refunded;
    Money converting;  // in a purchase that is not allocated yet
    Money converted;   // spent on foreign currency
    Money rest;        // left over after allocation: the merchant's, carried into the next purchase
    Money bought;      // foreign currency allocated
    Money remitting;   // ordered at a bank, not yet confirmed
    Money remitted;

    /// Nothing has come yet.
    static OrderAmounts of(const Money& due, Currency payout_currency);

    /// CNY that can be bought with now: funded - fee - refunding - refunded - converting - converted - rest.
    [[nodiscard]] Money convertible() const;
    /// Payout currency that can be remitted now.
    [[nodiscard]] Money remittable(PayoutKind kind) const;
};

/// The one computation of an order's money state; walked by a test over all combinations.
OrderState state_of(const OrderAmounts& amounts, PayoutKind kind, bool payment_open, bool expired, bool cancelled);

/// One row of the printed table of states: what a state means and what comes next.
std::string_view meaning_of(OrderState state);
/// The states as a Markdown table, as the README prints them.
std::string order_states_table();

std::string_view to_text(PayoutKind kind);
std::string_view to_text(TradeKind kind);
std::string_view to_text(OrderState state);
Result<PayoutKind> payout_kind_from_text(std::string_view text);
Result<TradeKind> trade_kind_from_text(std::string_view text);
OrderState order_state_from_text(std::string_view text);

/// A declaration by payment order exists only for cross-border retail goods.
constexpr bool is_declared(TradeKind kind) {
    return kind == TradeKind::Goods9610 || kind == TradeKind::Goods1210;
}

/// What a payout can fail of: the reasons by which an order is held behind its money's way out. They say nothing of
/// the payment, so its declaration goes on: goods do not wait at customs for a merchant's bank, nor for what ours dealt
/// (the declared amount is what the buyer paid, in CNY). Any other reason stops both.
inline constexpr std::string_view kHeldRejected = "remittance_rejected";
inline constexpr std::string_view kHeldReturned = "remittance_returned";
inline constexpr std::string_view kHeldPayee = "payee_not_usable";
/// The quote that it took was over before its money was there, and its merchant agreed to be asked
/// (fx/platform_quote.h).
inline constexpr std::string_view kHeldQuote = "quote_expired";
/// The deal by which it was bought for is far off what was agreed, and persons have not settled it yet.
inline constexpr std::string_view kHeldDeal = "deal_far_off";
/// Two persons looked at one of these and decided to keep it.
inline constexpr std::string_view kHeldByPersons = "kept_by_operators";

constexpr bool stops_declaring(std::string_view hold_reason) {
    return !hold_reason.empty() && hold_reason != kHeldRejected && hold_reason != kHeldReturned &&
           hold_reason != kHeldPayee && hold_reason != kHeldQuote && hold_reason != kHeldDeal &&
           hold_reason != kHeldByPersons;
}

struct Order {
    std::string id;
    std::string platform_id;
    std::string merchant_id;
    std::string platform_order_no;
    PayoutKind payout = PayoutKind::Fx;
    TradeKind trade = TradeKind::General;
    Currency payout_currency;
    std::string payee_id;  // empty where nothing is paid out
    std::string buyer_id;  // person; who ordered
    std::string payer_id;  // person; who pays
    OrderAmounts amounts;
    OrderState state = OrderState::Created;
    bool payment_open = false;  // a payment at a channel is under way
    bool expired = false;
    bool cancelled = false;
    std::string hold_reason;        // not empty: nothing is bought or remitted for it; of several, one
    std::string customs_port;       // declared goods: customs code and port of entry
    std::string declaration_state;  // written by the declaration's verbs; "none" where not declared
    std::int64_t event_sequence = 0;
    Instant created_at{};
    Instant expires_at{};
    std::optional<OrderAmounts> stored{};  // as the row says them; absent of an order that was not loaded
    std::string quote_id{};                // the quote that it took; empty: none
    bool quote_open = false;               // that quote is still to be looked at before anything is bought
    std::optional<Date> to_buy_since{};    // since when its CNY is to be bought with (to_buy_store.h); else absent
};

namespace order_error {
inline constexpr ErrorCode kUnknownKind{"unknown_kind", ErrorGroup::Rule, "'{text}' is no {what} kind that we know.",
                                        "不认识的类型“{text}”（{what}）。"};
}  // namespace order_error

}  // namespace huiqiao::orders
