#include "src/parties/merchant.h"

#include <algorithm>

#include <boost/multiprecision/cpp_int.hpp>

#include "src/base/error.h"
#include "src/base/planted.h"

namespace huiqiao::parties {

std::string_view to_text(Bearer bearer) {
    switch (bearer) {
        case Bearer::Institution: return "institution";
        case Bearer::Merchant: return "merchant";
    }
    throw LogicError("bearer out of range");
}

Bearer bearer_from_text(std::string_view text) {
    for (const Bearer bearer : {Bearer::Institution, Bearer::Merchant}) {
        if (to_text(bearer) == text) return bearer;
    }
    throw LogicError("no bearer: " + std::string(text));
}

std::string_view to_text(QuoteExpiry rule) {
    switch (rule) {
        case QuoteExpiry::ReQuote: return "re_quote";
        case QuoteExpiry::Hold: return "hold";
        case QuoteExpiry::AtMarket: return "at_market";
    }
    throw LogicError("quote expiry out of range");
}

QuoteExpiry quote_expiry_from_text(std::string_view text) {
    for (const QuoteExpiry rule : {QuoteExpiry::ReQuote, QuoteExpiry::Hold, QuoteExpiry::AtMarket}) {
        if (to_text(rule) == text) return rule;
    }
    throw LogicError("no rule for quotes that are over: " + std::string(text));
}

Money Agreement::fee_on(const Money& funded) const {
    if (funded.currency().code() != "CNY" || funded.is_negative()) {
        throw LogicError("a fee is taken from funded CNY, not from " + funded.text());
    }
    using Wide = boost::multiprecision::checked_int128_t;
    const std::int64_t rounding = is_planted(Bug::WrongRoundingSide) ? 9'999 : 5'000;
    const Wide share = (Wide(funded.minor()) * fee_basis_points + rounding) / 10'000;
    const auto fee = static_cast<std::int64_t>(share);
    return Money::of_minor(funded.currency(), std::min(std::max(fee, fee_minimum_minor), funded.minor()));
}

}  // namespace huiqiao::parties
