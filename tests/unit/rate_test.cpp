#include <doctest/doctest.h>

#include <limits>

#include <boost/multiprecision/cpp_int.hpp>

#include "src/base/random.h"
#include "src/base/rate.h"

using namespace huiqiao;
using Big = boost::multiprecision::cpp_int;

namespace {

const Currency kCny = Currency::known("CNY");

Big power(int digits) {
    return boost::multiprecision::pow(Big(10), static_cast<unsigned>(digits));
}

/// The quotient of two positive numbers, rounded by the rule's definition on the exact remainder.
Big rounded(const Big& numerator, const Big& denominator, Rounding rounding) {
    const Big floor = numerator / denominator;
    const Big twice = (numerator - floor * denominator) * 2;
    switch (rounding) {
        case Rounding::Down: return floor;
        case Rounding::Up: return twice == 0 ? floor : floor + 1;
        case Rounding::HalfUp: return twice >= denominator ? floor + 1 : floor;
        case Rounding::HalfEven:
            if (twice == denominator) return floor % 2 == 0 ? floor : floor + 1;
            return twice > denominator ? floor + 1 : floor;
    }
    return -1;
}

}  // namespace

TEST_CASE("two million conversions equal an independent calculation in big integers, both ways and in every rounding") {
    SeededRandom random(3);
    const char* codes[] = {"USD", "EUR", "HKD", "GBP", "JPY", "KWD"};
    const Rounding roundings[] = {Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven};
    for (int i = 0; i < 2'000'000; ++i) {
        const Currency base = Currency::known(codes[random.below(6)]);
        const int unit_base = random.below(2) == 0 ? 1 : 100;
        const auto price_e8 = static_cast<std::int64_t>(1 + random.below(90'000'000'000ULL));
        std::string text = std::to_string(price_e8 / 100'000'000) + ".";
        const std::string fraction = std::to_string(price_e8 % 100'000'000);
        text += std::string(8 - fraction.size(), '0') + fraction;
        const Result<Rate> rate = Rate::parse(base, kCny, unit_base, text);
        REQUIRE(rate.ok());

        const Rounding rounding = roundings[random.below(4)];
        const auto minor =
            static_cast<std::int64_t>(random.below(random.below(2) == 0 ? 100'000ULL : 100'000'000'000ULL));
        const Big price_down = power(8) * unit_base;  // price_e8 / price_down is the price of one unit
        const Big bought =
            rounded(Big(minor) * price_e8 * power(kCny.digits()), price_down * power(base.digits()), rounding);
        REQUIRE(Big(convert(Money::of_minor(base, minor), *rate, rounding).value().minor()) == bought);

        const Big sold =
            rounded(Big(minor) * price_down * power(base.digits()), Big(price_e8) * power(kCny.digits()), rounding);
        const Result<Money> back = convert(Money::of_minor(kCny, minor), *rate, rounding);
        if (sold > std::numeric_limits<std::int64_t>::max()) {
            REQUIRE_FALSE(back.ok());
        } else {
            REQUIRE(Big(back.value().minor()) == sold);
        }
    }
}

TEST_CASE("a quote per 100 is held per 1 without loss, beside the bank's own text") {
    const Rate rate = Rate::parse(Currency::known("JPY"), kCny, 100, "4.78350001").value();
    CHECK(rate.rate_e10() == 478'350'001);
    CHECK(rate.per_one() == "0.0478350001");
    CHECK(rate.text() == "4.78350001");
    CHECK(rate.unit_base() == 100);
    CHECK(convert(Money::of_minor(Currency::known("JPY"), 2158), rate, Rounding::HalfUp).value().text() == "103.23");
}

TEST_CASE("INP-03: what is not a positive decimal of at most 8 places is no rate") {
    const Currency usd = Currency::known("USD");
    for (const char* text : {"", "0", "0.00000000", "-7.1", "+7.1", "7,1", "7.123456789", "7.", ".7", "07.1", "1e1",
                             "nan", "1234567890", "7.1 "}) {
        CAPTURE(text);
        CHECK_FALSE(Rate::parse(usd, kCny, 1, text).ok());
    }
    CHECK_FALSE(Rate::parse(usd, usd, 1, "1.0").ok());
    CHECK_FALSE(Rate::parse(usd, kCny, 10, "7.1").ok());
}

TEST_CASE("a rate converts its own two currencies and no other") {
    const Rate rate = Rate::parse(Currency::known("USD"), kCny, 1, "7.1685").value();
    CHECK_THROWS_AS((void)convert(Money::of_minor(Currency::known("EUR"), 1), rate, Rounding::Down), LogicError);
    CHECK_FALSE(
        convert(Money::of_minor(Currency::known("USD"), std::numeric_limits<std::int64_t>::max()), rate, Rounding::Down)
            .ok());
}
