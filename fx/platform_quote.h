#pragma once
// A price that a platform was shown for an amount: what the buyer pays, our fee, what the merchant gets, the bank's
// rate, the client's and the mid apart, and until when. The client's rate is the bank's (reference 3.2); there is no
// field for a markup. It is indicative: no bank has locked it, so what is dealt at is the price of that moment, and
// what a quote that is over costs or gains is shown before anything is bought for the order that took it.

#include <optional>
#include <string>
#include <string_view>

#include "fx/lock.h"
#include "src/base/date.h"
#include "src/base/rate.h"

namespace huiqiao::fx {

enum class PlatformQuoteState {
    Open,    // may be taken by an order, or accepted for the one that it was made for, until expires_at
    Taken,   // an order stands on it, whose money is not there yet
    Met,     // the order goes to its conversion
    Lapsed,  // over before anything was bought for the order: the merchant's rule says what now
};

enum class PlatformQuoteEvent { Taken, Accepted, Met, Over };

/// nullopt: the event changes nothing in that state.
std::optional<PlatformQuoteState> next(PlatformQuoteState state, PlatformQuoteEvent event);

std::string_view to_text(PlatformQuoteState state);
PlatformQuoteState platform_quote_state_from_text(std::string_view text);

struct PlatformQuote {
    std::string id;
    std::string platform_id;
    std::string merchant_id;
    FixedSide fixed_side = FixedSide::Cny;
    Money cny;      // the order's total
    Money fee;      // ours, within it
    Money foreign;  // what the rest buys
    std::string bank_quote_id;
    Rate bank_rate;
    Rate client_rate;
    Rate mid;
    std::optional<Date> value_date;
    std::string on_expiry;  // the merchant's rule when it was made
    Instant created_at{};
    Instant expires_at{};
    std::string replaces{};  // the quote of the same order that was over
    PlatformQuoteState state = PlatformQuoteState::Open;
    std::string order_id{};
    Instant no_price_since{};  // it was over, and no bank had another price; none: not looked for
    std::string unmet_at{};    // bank: its price was worse when the order was about to be bought for there

    [[nodiscard]] Currency currency() const { return foreign.currency(); }
    [[nodiscard]] bool is_over(Instant now) const { return expires_at <= now; }
};

}  // namespace huiqiao::fx
