#include <doctest/doctest.h>

#include <limits>
#include <numeric>

#include <boost/multiprecision/cpp_int.hpp>

#include "src/base/money.h"
#include "src/base/random.h"

using namespace huiqiao;
using Big = boost::multiprecision::cpp_int;

namespace {
const Currency kCny = Currency::known("CNY");
const Currency kJpy = Currency::known("JPY");
const Currency kKwd = Currency::known("KWD");
}  // namespace

TEST_CASE("INP-01: an amount is read exactly at its currency's digits, or refused") {
    struct Row {
        Currency currency;
        const char* text;
        std::int64_t minor;
    };
    for (const Row& row : {Row{kCny, "0", 0}, Row{kCny, "1", 100}, Row{kCny, "0.01", 1}, Row{kCny, "0.1", 10},
                           Row{kCny, "9999999999999.99", 999'999'999'999'999}, Row{kJpy, "2158", 2158},
                           Row{kKwd, "1.234", 1234}, Row{kKwd, "1.2", 1200}}) {
        CAPTURE(row.text);
        REQUIRE(Money::parse(row.currency, row.text).ok());
        CHECK(Money::parse(row.currency, row.text).value().minor() == row.minor);
    }
    for (const char* text : {"", " 1", "1 ", "+1", "-1", "01", "00", ".5", "1.", "1.234", "1,000.00", "1e3", "0x10",
                             "NaN", "１２", "10000000000000", "1.0.0", "1\n"}) {
        CAPTURE(text);
        CHECK_FALSE(Money::parse(kCny, text).ok());
    }
    CHECK_FALSE(Money::parse(kJpy, "1.0").ok());
    CHECK_FALSE(Money::parse(kKwd, "1.2345").ok());
    using namespace std::string_view_literals;
    CHECK_FALSE(Money::parse(kCny, "1\0"sv).ok());
}

TEST_CASE("an amount's text is read back as the same amount") {
    CHECK(Money::of_minor(kCny, -5).text() == "-0.05");
    CHECK(Money::of_minor(kCny, std::numeric_limits<std::int64_t>::min()).text() == "-92233720368547758.08");
    CHECK(Money::of_minor(kJpy, 0).text() == "0");
    SeededRandom random(7);
    for (int i = 0; i < 200'000; ++i) {
        const Currency currency = i % 3 == 0 ? kCny : i % 3 == 1 ? kJpy : kKwd;
        const auto minor = static_cast<std::int64_t>(random.below(10'000'000'000'000ULL));
        const Money money = Money::of_minor(currency, minor);
        REQUIRE(Money::parse(currency, money.text()).value() == money);
    }
}

TEST_CASE("INP-02: overflow and mixed currencies are errors, never another amount") {
    const Money most = Money::of_minor(kCny, std::numeric_limits<std::int64_t>::max());
    const Money least = Money::of_minor(kCny, std::numeric_limits<std::int64_t>::min());
    const Money one = Money::of_minor(kCny, 1);
    CHECK_FALSE(most.plus(one).ok());
    CHECK_THROWS_AS((void)(most + one), LogicError);
    CHECK_THROWS_AS((void)(least - one), LogicError);
    CHECK_THROWS_AS((void)-least, LogicError);
    CHECK_THROWS_AS((void)(one + Money::of_minor(kJpy, 1)), LogicError);
    CHECK_THROWS_AS((void)(one < Money::of_minor(kJpy, 1)), LogicError);
}

TEST_CASE("a split loses no unit and gives each line its floor or one unit more") {
    SeededRandom random(11);
    for (int run = 0; run < 200'000; ++run) {
        const std::size_t lines = 1 + random.below(8);
        std::vector<std::int64_t> weights;
        Big total = 0;
        for (std::size_t i = 0; i < lines; ++i) {
            weights.push_back(static_cast<std::int64_t>(random.below(run % 5 == 0 ? 1'000'000'000'000ULL : 4ULL)));
            total += weights.back();
        }
        if (total == 0) {
            weights[0] = 1;
            total = 1;
        }
        const auto minor = static_cast<std::int64_t>(random.below(run % 2 == 0 ? 1000 : 1'000'000'000'000'000ULL));
        const std::vector<Money> shares = Money::of_minor(kCny, minor).split(weights);
        Big sum = 0;
        for (std::size_t i = 0; i < lines; ++i) {
            const Big floor = Big(minor) * weights[i] / total;
            const Big extra = Big(shares[i].minor()) - floor;
            REQUIRE((extra == 0 || extra == 1));
            if (weights[i] == 0) REQUIRE(extra == 0);
            sum += shares[i].minor();
        }
        REQUIRE(sum == minor);
    }
    CHECK_THROWS_AS((void)Money::of_minor(kCny, 1).split(std::vector<std::int64_t>{0, 0}), LogicError);
    CHECK_THROWS_AS((void)Money::of_minor(kCny, 1).split(std::vector<std::int64_t>{2, -1}), LogicError);
}

TEST_CASE("the largest remainders get the units that are left, ties the earlier line") {
    const auto minors = [](std::vector<Money> shares) {
        std::vector<std::int64_t> out;
        for (const Money& share : shares) out.push_back(share.minor());
        return out;
    };
    CHECK(minors(Money::of_minor(kCny, 100).split(std::vector<std::int64_t>{1, 1, 1})) ==
          std::vector<std::int64_t>{34, 33, 33});
    CHECK(minors(Money::of_minor(kCny, 10).split(std::vector<std::int64_t>{1, 5, 3})) ==
          std::vector<std::int64_t>{1, 6, 3});
    CHECK(minors(Money::of_minor(kCny, -100).split(std::vector<std::int64_t>{1, 1, 1})) ==
          std::vector<std::int64_t>{-34, -33, -33});
}
