#include "fx/desk.h"

#include <tuple>

namespace huiqiao::fx {

const Quote* best(std::span<const Quote> quotes, Instant now, std::chrono::seconds needed) {
    const Quote* winner = nullptr;
    const auto rank = [](const Quote& quote) {
        return std::tuple(quote.client_rate.rate_e10(), -to_us(quote.valid_until), std::string_view(quote.bank));
    };
    for (const Quote& quote : quotes) {
        if (quote.state != QuoteState::Open || quote.valid_until <= now + needed) continue;
        if (winner == nullptr || rank(quote) < rank(*winner)) winner = &quote;
    }
    return winner;
}

}  // namespace huiqiao::fx
