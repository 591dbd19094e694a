#include <doctest/doctest.h>

#include "fx/all_in.h"
#include "fx/rates_book.h"
#include "src/base/random.h"

using namespace huiqiao;
using namespace huiqiao::fx;

namespace {

const Currency kUsd = Currency::known("USD");
const Currency kJpy = Currency::known("JPY");
const Currency kCny = Currency::known("CNY");
const Instant kNow = *parse_rfc3339("2026-11-20T02:00:00Z");

Quote quote(const std::string& bank, Currency currency, std::string_view rate, int unit = 100) {
    const Rate price = *Rate::parse(currency, kCny, unit, rate);
    return {.id = "quo_" + bank,
            .bank = bank,
            .bank_rate = price,
            .client_rate = price,
            .mid = price,
            .bank_reference = "",
            .received_at = kNow,
            .valid_until = kNow + std::chrono::minutes(2)};
}
Money usd(std::string_view text) {
    return *Money::parse(kUsd, text);
}
Money cny(std::string_view text) {
    return *Money::parse(kCny, text);
}

}  // namespace

TEST_CASE("a fixed foreign amount costs its price, rounded up, and the bank's fee; the least CNY in all is best") {
    BankTerms flat;
    flat.flat_fee = cny("20.00");
    const std::map<std::string, BankTerms> terms{{"cheap", flat}};
    const std::vector<Quote> quotes{quote("dear", kUsd, "717.00"), quote("cheap", kUsd, "716.85")};
    const auto small = compare(quotes, terms, {usd("1000.01"), kNow, std::chrono::seconds(0)});
    CHECK(small[0].quote.bank == "dear");   // the fee outweighs the better rate
    CHECK(small[0].cny == cny("7170.08"));  // 1000.01 * 7.17 = 7170.0717
    CHECK(small[1].fee == cny("20.00"));
    CHECK(small[1].cny == cny("7188.58"));  // 7168.571685, up, and 20.00
    CHECK(behind(small[1], small[0], usd("1000.01")) == cny("18.50"));
    const auto large = compare(quotes, terms, {usd("1000000.00"), kNow, std::chrono::seconds(0)});
    CHECK(large[0].quote.bank == "cheap");
    CHECK(behind(large[0], large[0], usd("1000000.00")).is_zero());
    CHECK(large[0].foreign == usd("1000000.00"));
}

TEST_CASE("why a bank cannot be taken for a foreign amount: refused, used, over, or more than it deals at once") {
    BankTerms narrow;
    narrow.largest_deal = cny("7000.00");
    std::vector<Quote> quotes{quote("a", kUsd, "716"), quote("b", kUsd, "716"), quote("c", kUsd, "716"),
                              quote("d", kUsd, "716"), quote("e", kUsd, "718")};
    quotes[0].state = QuoteState::Refused;
    quotes[1].state = QuoteState::Used;
    quotes[2].valid_until = kNow;
    const auto offers = compare(quotes, {{"d", narrow}}, {usd("1000.00"), kNow, std::chrono::seconds(0)});
    REQUIRE(offers.size() == 5);
    CHECK(offers[0].quote.bank == "e");
    CHECK(offers[0].unfit == Unfit::No);
    std::map<std::string, Unfit> why;
    for (const Offer& offer : offers) why[offer.quote.bank] = offer.unfit;
    CHECK(why["a"] == Unfit::Refused);
    CHECK(why["b"] == Unfit::Used);
    CHECK(why["c"] == Unfit::TooOld);
    CHECK(why["d"] == Unfit::TooLarge);
    const auto beyond =
        compare(quotes, {}, {Money::of_minor(kUsd, 9'000'000'000'000'000'000), kNow, std::chrono::seconds(0)});
    for (const Offer& offer : beyond) CHECK(offer.unfit != Unfit::No);
}

TEST_CASE("the all-in rate counts the fee in, for currencies of any digits") {
    BankTerms flat;
    flat.flat_fee = cny("20.00");
    const std::vector<Quote> dollars{quote("a", kUsd, "716.85")};
    CHECK(all_in_rate(compare(dollars, {}, {usd("1000.00"), kNow, std::chrono::seconds(0)})[0]) == "7.168500");
    CHECK(all_in_rate(compare(dollars, {{"a", flat}}, {usd("1000.00"), kNow, std::chrono::seconds(0)})[0]) ==
          "7.188500");
    const std::vector<Quote> yen{quote("a", kJpy, "4.6325")};
    CHECK(all_in_rate(compare(yen, {}, {*Money::parse(kJpy, "10000"), kNow, std::chrono::seconds(0)})[0]) ==
          "0.046325");
    CHECK(all_in_rate(compare(yen, {}, {cny("0.01"), kNow, std::chrono::seconds(0)})[0]).empty());
}

TEST_CASE("property: whichever side is fixed, the first is the rates book's best price, with its figures") {
    SeededRandom random(20261122);
    for (int run = 0; run < 500; ++run) {
        CAPTURE(run);
        std::vector<Quote> quotes;
        std::map<std::string, BankTerms> terms;
        for (const char* bank : {"a", "b", "c"}) {
            quotes.push_back(quote(bank, kUsd, "7" + std::to_string(10 + random.below(10)) + ".25"));
            terms[bank].flat_fee = Money::of_minor(kCny, static_cast<std::int64_t>(random.below(3000)));
            terms[bank].fee_basis_points = static_cast<int>(random.below(5));
        }
        RatesBook book({}, terms);
        for (const Quote& each : quotes) book.put(each);
        const auto minor = static_cast<std::int64_t>(1'000'000 + random.below(100'000'000));
        for (const Money& fixed : {Money::of_minor(kCny, minor), Money::of_minor(kUsd, minor)}) {
            const auto best =
                book.best({.currency = kUsd, .fixed = fixed, .now = kNow, .life = std::chrono::seconds(0)});
            const Offer first = compare(quotes, terms, {fixed, kNow, std::chrono::seconds(0)}).front();
            REQUIRE(best.has_value());
            CHECK(first.cny == best->cny);
            CHECK(first.foreign == best->foreign);
        }
    }
}
