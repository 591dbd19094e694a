#include "src/base/rate.h"

#include <limits>

#include <boost/multiprecision/cpp_int.hpp>

namespace huiqiao {

namespace {

using Wide = boost::multiprecision::checked_int128_t;

constexpr std::size_t kWholeDigits = 9;
constexpr int kDecimals = 8;
constexpr std::int64_t kOne = 10'000'000'000;  // 10^kScale

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}

Error bad_rate(std::string_view text) {
    return Error(base_error::kBadRate, {{"text", std::string(text.substr(0, 40))}});
}

/// numerator / denominator, both positive or zero numerator, rounded once.
Wide divide(const Wide& numerator, const Wide& denominator, Rounding rounding) {
    Wide quotient = numerator / denominator;
    const Wide remainder = numerator % denominator;
    const Wide twice = remainder * 2;
    bool up = false;
    switch (rounding) {
        case Rounding::Down: break;
        case Rounding::Up: up = remainder != 0; break;
        case Rounding::HalfUp: up = twice >= denominator; break;
        case Rounding::HalfEven: up = twice > denominator || (twice == denominator && quotient % 2 != 0); break;
    }
    if (up) quotient += 1;
    return quotient;
}

}  // namespace

Result<Rate> Rate::parse(Currency base, Currency quote, int unit_base, std::string_view text) {
    if (base == quote || (unit_base != 1 && unit_base != 100)) return bad_rate(text);
    std::int64_t scaled = 0;
    std::size_t whole = 0;
    int decimals = -1;  // before the point
    for (const char c : text) {
        if (c == '.' && decimals < 0 && whole > 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9') return bad_rate(text);
        if (decimals < 0 ? ++whole > kWholeDigits : ++decimals > kDecimals) return bad_rate(text);
        scaled = scaled * 10 + (c - '0');  // at most 17 digits
    }
    if (whole == 0 || decimals == 0 || scaled == 0 || (whole > 1 && text[0] == '0')) return bad_rate(text);
    const int written = decimals < 0 ? 0 : decimals;
    // A price per 100 has two more places per 1; 8 + 2 is the scale, so that nothing is lost. The whole digits of a
    // price per 1 can be too many for 64 bits at scale 10.
    const int zeros = kScale - written - (unit_base == 100 ? 2 : 0);
    const Wide per_one = Wide(scaled) * power_of_ten(zeros);
    if (per_one > std::numeric_limits<std::int64_t>::max()) return bad_rate(text);
    return Rate(base, quote, unit_base, static_cast<std::int64_t>(per_one), std::string(text));
}

Rate Rate::of_stored(Currency base, Currency quote, int unit_base, std::int64_t rate_e10, std::string text) {
    if (rate_e10 <= 0 || base == quote) throw LogicError("a stored rate is not positive or its currencies are equal");
    return Rate(base, quote, unit_base, rate_e10, std::move(text));
}

std::string Rate::per_one() const {
    std::string fraction = std::to_string(rate_e10_ % kOne);
    fraction.insert(0, static_cast<std::size_t>(kScale) - fraction.size(), '0');
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return std::to_string(rate_e10_ / kOne) + (fraction.empty() ? "" : "." + fraction);
}

Result<Money> convert(const Money& money, const Rate& rate, Rounding rounding) {
    const bool multiply = money.currency() == rate.base();
    if (!multiply && money.currency() != rate.quote()) {
        throw LogicError("a rate " + std::string(rate.base().code()) + "/" + std::string(rate.quote().code()) +
                         " does not convert " + std::string(money.currency().code()));
    }
    if (money.is_negative()) throw LogicError("a negative amount was converted");
    const Currency target = multiply ? rate.quote() : rate.base();
    const auto too_large = [&] {
        return Error(base_error::kAmountTooLarge, {{"currency", std::string(target.code())}});
    };
    Wide result;
    try {
        const Wide amount = money.minor();
        const Wide from_scale = power_of_ten(money.currency().digits());
        const Wide to_scale = power_of_ten(target.digits());
        result = multiply ? divide(amount * rate.rate_e10() * to_scale, from_scale * kOne, rounding)
                          : divide(amount * to_scale * kOne, from_scale * rate.rate_e10(), rounding);
    } catch (const std::overflow_error&) {
        return too_large();
    }
    if (result > std::numeric_limits<std::int64_t>::max()) return too_large();
    return Money::of_minor(target, static_cast<std::int64_t>(result));
}

}  // namespace huiqiao
