#include "fx/word_of_bank.h"

#include <boost/multiprecision/cpp_int.hpp>

namespace huiqiao::fx {

namespace {

using Wide = boost::multiprecision::int256_t;

constexpr int kOtherScale = 10;
constexpr int kWhole = 10'000;  // basis points

bool is_one_pair(const Rate& a, const Rate& b) {
    return a.base() == b.base() && a.quote() == b.quote();
}

}  // namespace

bool agrees(const Deal& deal) {
    const auto near = [](const Result<Money>& computed, const Money& told) {
        return computed && computed->minor() - told.minor() <= 1 && told.minor() - computed->minor() <= 1;
    };
    return near(convert(deal.foreign, deal.rate, Rounding::HalfUp), deal.cny) ||
           near(convert(deal.cny, deal.rate, Rounding::Down), deal.foreign);
}

bool is_of_other_scale(const Rate& given, const Rate& shown) {
    return given.rate_e10() / kOtherScale >= shown.rate_e10() || shown.rate_e10() / kOtherScale >= given.rate_e10();
}

bool is_too_good(const Rate& given, const Rate& asked, int guard_bp) {
    return is_one_pair(given, asked) && Wide(given.rate_e10()) * kWhole < Wide(asked.rate_e10()) * (kWhole - guard_bp);
}

bool is_far_off(const Deal& deal, const Rate& agreed, int guard_bp) {
    const Money one = Money::of_minor(deal.foreign.currency(), 1);
    const Result<Money> worth = convert(deal.cny, agreed, Rounding::Up);
    const Result<Money> price = convert(deal.foreign, agreed, Rounding::Up);
    const Result<Money> price_of_one = convert(one, agreed, Rounding::Up);
    if (!worth || !price || !price_of_one) return true;
    // A fen of the price buys this much more, a unit of the amount costs that much more.
    const Result<Money> worth_of_fen = convert(Money::of_minor(deal.cny.currency(), 1), agreed, Rounding::Up);
    if (!worth_of_fen) return true;
    const Wide most_bought = Wide(worth->minor()) + worth_of_fen->minor() + 1;
    const Wide most_paid = Wide(price->minor()) + price_of_one->minor() + 1;
    return Wide(deal.foreign.minor()) * (kWhole - guard_bp) > most_bought * kWhole ||
           Wide(deal.cny.minor()) >= most_paid * kOtherScale;
}

}  // namespace huiqiao::fx
