#pragma once
// A merchant: whose money an order is, and what it agreed with us: our fee and who bears which cost. A firm's name is
// no personal data; its payees are rows of their own.

#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/money.h"
#include "src/parties/party_state.h"

namespace huiqiao::parties {

enum class Bearer { Institution, Merchant };

std::string_view to_text(Bearer bearer);
Bearer bearer_from_text(std::string_view text);

/// What becomes of an order whose quote was over before its money was there.
enum class QuoteExpiry {
    ReQuote,   // a new price is shown, and the order waits until it is accepted; one that is no worse is taken at once
    Hold,      // the order waits until the platform asks for a new price and accepts it
    AtMarket,  // it is converted at the price of the moment
};
std::string_view to_text(QuoteExpiry rule);
QuoteExpiry quote_expiry_from_text(std::string_view text);

struct Agreement {
    std::int64_t fee_basis_points = 0;   // of what was funded; 0 to 10,000
    std::int64_t fee_minimum_minor = 0;  // CNY fen
    Bearer channel_cost = Bearer::Institution;
    Bearer fx_result = Bearer::Institution;
    QuoteExpiry quote_expiry = QuoteExpiry::ReQuote;

    /// The fee on an order's funded CNY: basis points rounded half up to the fen, at least the minimum, at most the
    /// whole amount. LogicError on another currency or a negative amount.
    [[nodiscard]] Money fee_on(const Money& funded) const;
};

struct Merchant {
    std::string id;
    std::string platform_id;
    std::string name;
    PartyState state = PartyState::Active;
    Agreement agreement;
    Instant created_at{};
};

}  // namespace huiqiao::parties
