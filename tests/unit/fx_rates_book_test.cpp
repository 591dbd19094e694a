#include <doctest/doctest.h>

#include "fx/rate_distance.h"
#include "fx/rates_book.h"
#include "fx/reference_rate.h"

using namespace huiqiao;
using namespace huiqiao::fx;

namespace {

const Instant kNow = from_us(1'800'000'000'000'000);
const Instant kLater = kNow + std::chrono::minutes(2);

Rate rate(const char* base, const char* quote, int unit, std::string_view text) {
    return Rate::parse(Currency::known(base), Currency::known(quote), unit, text).value();
}
Rate usd(std::string_view text, int unit = 100) {
    return rate("USD", "CNY", unit, text);
}
BoardLine line(std::string_view buying, std::string_view mid, std::string_view selling) {
    return {usd(buying), usd(selling), usd(mid), true, kLater, "B1"};
}
RatesBook::Arrival now(std::string id = "q") {
    return {std::move(id), kNow, kLater};
}
Money cny(std::string_view text) {
    return Money::parse(Currency::known("CNY"), text).value();
}
Money dollars(std::string_view text) {
    return Money::parse(Currency::known("USD"), text).value();
}
DealWish wish(DealSide side, Money fixed) {
    return {.side = side, .currency = Currency::known("USD"), .fixed = fixed, .now = kNow};
}
const ErrorCode* why(const Status& status) {
    return status ? nullptr : status.error().code;
}
const ErrorCode* fault_of(std::string_view text) {
    const ReferenceFile file = read_reference_file(text);
    return file.faults.empty() ? nullptr : file.faults.front().code;
}

constexpr std::string_view kParity = "date,base,quote,unit,price,source\n";
constexpr std::string_view kBoard =
    "published_at,base,quote,unit,spot_buying,cash_buying,spot_selling,cash_selling,middle,source\n";

}  // namespace

TEST_CASE("two prices of a pair are compared whichever way round each is written") {
    CHECK(ratio_e6(usd("716.00"), usd("7.16", 1)) == 1'000'000);
    CHECK(is_within(rate("CNY", "MYR", 1, "0.6"), rate("MYR", "CNY", 1, "1.6667"), 10));
    CHECK_FALSE(is_within(rate("CNY", "MYR", 1, "0.6"), rate("MYR", "CNY", 1, "1.70"), 100));
    CHECK(is_hundredfold(usd("716.00", 1), usd("7.16", 1)));
    CHECK(is_hundredfold(usd("7.16", 100), usd("7.16", 1)));
    CHECK_FALSE(is_hundredfold(usd("71.6", 1), usd("7.16", 1)));
    CHECK_THROWS_AS((void)ratio_e6(usd("7.16", 1), rate("EUR", "CNY", 1, "8")), LogicError);
}

TEST_CASE(
    "the book refuses what is crossed, a hundred times off, off the mid, off the parity, stale or late, each by its "
    "name") {
    RatesBook book({.max_move_bp = 300, .max_spread_bp = 300, .max_off_parity_bp = 500});
    SUBCASE("crossed") {
        CHECK(why(book.take("a", line("717.7", "716.85", "716.0"), now())) == &fx_error::kInvertedBoard);
    }
    SUBCASE("a price per 1 among prices per 100") {
        const BoardLine mixed{usd("716.0"), usd("7.177"), usd("716.85"), true, kLater, "B1"};
        CHECK(why(book.take("a", mixed, now())) == &fx_error::kWrongScale);
    }
    SUBCASE("all of it per 1, where the last one was per 100") {
        REQUIRE(book.take("a", line("716.0", "716.85", "717.7"), now()).ok());
        CHECK(why(book.take("a", line("7.160", "7.1685", "7.177"), now())) == &fx_error::kWrongScale);
    }
    SUBCASE("the very first one is measured by the central parity") {
        book.know_parity(usd("7.1650", 1));
        CHECK(why(book.take("a", line("7.160", "7.1685", "7.177"), now())) == &fx_error::kWrongScale);
        CHECK(why(book.take("a", line("752.0", "753.00", "754.0"), now())) == &fx_error::kOffParity);
        CHECK(book.take("a", line("716.0", "716.85", "717.7"), now()).ok());
    }
    SUBCASE("off the parity, it is taken once two persons have accepted it, until the bank is back") {
        book.know_parity(usd("7.1650", 1));
        book.know_mid("a", usd("753.00"), true);
        CHECK(book.take("a", line("752.0", "753.10", "754.0"), now()).ok());
        CHECK(book.is_by_persons("a", Currency::known("USD")));
        CHECK(book.take("a", line("734.0", "735.00", "736.0"), now()).ok());
        CHECK_FALSE(book.is_by_persons("a", Currency::known("USD")));
        CHECK(why(book.take("a", line("755.0", "756.00", "757.0"), now())) == &fx_error::kOffParity);
    }
    SUBCASE("over when it came, or older than what stands") {
        CHECK(why(book.take("a", line("716.0", "716.85", "717.7"), {"q", kNow, kNow})) == &fx_error::kStaleRate);
        REQUIRE(book.take("a", line("716.0", "716.85", "717.7"), now("new")).ok());
        CHECK(why(book.take("a", line("715.0", "715.85", "716.7"), {"old", kNow - std::chrono::seconds(1), kLater})) ==
              &fx_error::kLateRate);
        CHECK(book.best(wish(DealSide::Buy, cny("1000.00")))->price->quote_id == "new");
    }
    SUBCASE("the pair the other way round") {
        const BoardLine inverted{rate("CNY", "USD", 100, "13.9"),
                                 rate("CNY", "USD", 100, "13.9"),
                                 rate("CNY", "USD", 100, "13.9"),
                                 true,
                                 kLater,
                                 "B1"};
        CHECK(why(book.take("a", inverted, now())) == &fx_error::kInvertedBoard);
    }
}

TEST_CASE("the best price is of the amount, its side and its value date, the banks' fees included") {
    BankTerms fee;
    fee.flat_fee = cny("20.00");
    RatesBook book({}, {{"a", fee}});
    const Date today = Date::of_number(20260512);
    REQUIRE(book.take("a", line("716.0", "716.85", "717.0"), {"qa", kNow, kLater, today}).ok());
    REQUIRE(book.take("b", line("716.5", "716.85", "717.2"), {"qb", kNow, kLater, today.plus_days(1)}).ok());
    SUBCASE("a fee weighs on a small amount, a rate on a large one") {
        CHECK(book.best(wish(DealSide::Buy, cny("1000.00")))->price->bank == "b");
        const auto large = book.best(wish(DealSide::Buy, cny("1000000.00")));
        CHECK(large->price->bank == "a");
        CHECK(large->fee == cny("20.00"));
        CHECK(large->foreign == dollars("139467.22"));  // (1,000,000 - 20) / 7.170, rounded down
    }
    SUBCASE("a fixed foreign amount costs CNY rounded up, and the fee on top") {
        const auto best = book.best(wish(DealSide::Buy, dollars("100000.01")));
        CHECK(best->price->bank == "a");
        CHECK(best->cny == cny("717020.08"));
    }
    SUBCASE("sold back, the higher buying rate wins") {
        const auto best = book.best(wish(DealSide::SellBack, dollars("100000.00")));
        CHECK(best->price->bank == "b");
        CHECK(best->cny == cny("716500.00"));
        CHECK(book.best(wish(DealSide::SellBack, cny("716500.00")))->foreign == dollars("100000.00"));
    }
    SUBCASE("another value date is another price") {
        DealWish tomorrow = wish(DealSide::Buy, cny("1000000.00"));
        tomorrow.value_date = today.plus_days(1);
        CHECK(book.best(tomorrow)->price->bank == "b");
        tomorrow.value_date = today.plus_days(2);
        CHECK_FALSE(book.best(tomorrow).has_value());
    }
    SUBCASE("what does not live long enough is no price") {
        DealWish late = wish(DealSide::Buy, cny("1000.00"));
        late.life = std::chrono::minutes(2);
        CHECK_FALSE(book.best(late).has_value());
    }
}

TEST_CASE("the best price is one of a bank that deals now and can be paid what the amount costs there") {
    RatesBook book({});
    REQUIRE(book.take("north", line("679.10", "679.96", "681.95"), now()).ok());
    REQUIRE(book.take("south", line("679.10", "679.96", "682.95"), now()).ok());
    DealWish wanted = wish(DealSide::Buy, dollars("100.00"));
    CHECK(book.best(wanted)->price->bank == "north");
    std::map<std::string, Money> payable{{"north", cny("681.95")}};
    wanted.payable = &payable;
    CHECK(book.best(wanted)->price->bank == "north");
    payable.at("north") = cny("681.94");
    CHECK(book.best(wanted)->price->bank == "south");
    payable.emplace("south", cny("682.94"));
    CHECK_FALSE(book.best(wanted).has_value());
    DealWish back = wish(DealSide::SellBack, dollars("100.00"));  // the bank pays
    back.payable = &payable;
    CHECK(book.best(back).has_value());
    wanted.payable = nullptr;
    const std::set<std::string> closed{"north"};
    wanted.closed = &closed;
    CHECK(book.best(wanted)->price->bank == "south");
}

TEST_CASE("a file of parities or of a board is read by its heading, with unit and direction as it declares them") {
    const ReferenceFile parity = read_reference_file(
        std::string(kParity) + "# noted\n2026-05-12,JPY,CNY,100,4.2994,CFETS\r\n2026-05-12,CNY,MYR,1,0.5791,CFETS\n");
    REQUIRE(parity.faults.empty());
    REQUIRE(parity.rates.size() == 2);
    CHECK(parity.rates[0].price.per_one() == "0.042994");
    CHECK(parity.rates[0].price.text() == "4.2994");
    CHECK(parity.rates[0].published_at == Date::of_number(20260512).at_shanghai(9, 15));
    CHECK(parity.rates[1].currency() == Currency::known("MYR"));
    CHECK(parity.rates[1].price.base() == Currency::known("CNY"));
    const ReferenceFile board = read_reference_file(
        std::string(kBoard) + "2026-05-12T02:30:00Z,USD,CNY,100,679.10,,681.95,681.95,679.96,BOC\n");
    REQUIRE(board.faults.empty());
    CHECK(board.rates.size() == 4);
}

TEST_CASE("a bad line of a file is named, whatever is wrong with it") {
    using namespace reference_error;
    CHECK(fault_of("") == &kNoReferenceFile);
    CHECK(fault_of("date,price\n") == &kNoReferenceFile);
    const auto parity = [](std::string_view row) { return fault_of(std::string(kParity) + std::string(row)); };
    const auto board = [](std::string_view row) { return fault_of(std::string(kBoard) + std::string(row)); };
    CHECK(parity("2026-05-12,USD,CNY,10,6.8,CFETS") == &kBadFigure);
    CHECK(parity("2026-05-12,USD,CNY,1,-6.8,CFETS") == &kBadFigure);
    CHECK(parity("2026-05-12,USD,CNY,1,0,CFETS") == &kBadFigure);
    CHECK(parity("2026-05-12,USD,EUR,1,0.9,CFETS") == &kBadFigure);
    CHECK(parity("2026-05-12,USD,CNY,1,6.8,") == &kBadFigure);
    CHECK(parity("2026-13-12,USD,CNY,1,6.8,CFETS") == &kBadFigure);
    CHECK(parity("2026-05-12,USD,CNY,1,6.8") == &kBadFigure);
    CHECK(board("2026-05-12T02:30:00Z,USD,CNY,100,682.10,,681.95,681.95,679.96,BOC") == &kBadFigure);
    CHECK(board("2026-05-12T02:30:00Z,USD,CNY,100,679.10,,681.95,681.95,6.7996,BOC") == &kFigureScale);
    CHECK(board("2026-05-12T02:30:00Z,CNY,USD,100,13.9,,14.1,14.1,14.0,BOC") == &kBadFigure);
}
