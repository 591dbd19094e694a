#include <doctest/doctest.h>

#include "adapters/fix44/dialogue.h"
#include "adapters/fix44/fix_client.h"
#include "src/base/random.h"
#include "tests/support/fix_text.h"

using namespace huiqiao;
using namespace huiqiao::fix44;
using namespace huiqiao::testing;

namespace {

Currency ccy(std::string_view code) {
    return Currency::known(code);
}
Rate rate(std::string_view code, std::string_view text, int unit = 1) {
    return *Rate::parse(ccy(code), ccy("CNY"), unit, text);
}
Fix44FxBank bank(SideOf side = SideOf::BaseCurrency) {
    return Fix44FxBank({.currencies = {ccy("USD"), ccy("JPY")}, .side = side});
}
fx::LockOrder lock_order(const Money& amount) {
    const auto side = amount.currency().code() == "CNY" ? fx::FixedSide::Cny : fx::FixedSide::Foreign;
    return {"FL1", rate("USD", "710.52", 100), "BRD1", side, amount, *Date::parse("2026-11-20")};
}
std::string asked_lock() {
    return with_bars(bank().write(lock_order(Money::of_minor(ccy("USD"), 25'000'000))).body);
}

constexpr const char* kQuote =
    "35=S|131=FL1|117=Q7-000912|537=1|55=USD/CNY|54=1|38=250000.00|63=1|64=20261120|15=USD|133=7.1052|"
    "62=20261120-02:15:17.300|190=7.1052|60=20261120-02:15:07.300|";
constexpr const char* kRates =
    "35=S|55=USD/CNY|62=20261120-02:18:00.000|117=B1|131=FR1.USD|132=7.0970|133=7.1052|537=0|"
    "35=S|55=JPY/CNY|62=20261120-02:18:00.000|117=B1|131=FR1.JPY|132=0.046200|133=0.046400|537=0|631=0.0463|";

}  // namespace

TEST_CASE("FIX golden: what is asked of the bank, byte by byte, and the same whenever it is written") {
    const WireRequest rates = bank().write(fx::AskRates{"FR1"});
    CHECK(rates.target == "/fix");
    CHECK(with_bars(rates.body) == "35=R|131=FR1.USD|146=1|55=USD/CNY|537=0|35=R|131=FR1.JPY|146=1|55=JPY/CNY|537=0|");
    CHECK(asked_lock() == "35=R|131=FL1|146=1|55=USD/CNY|537=1|54=1|38=250000.00|64=20261120|15=USD|44=7.1052|");
    fx::PurchaseOrder order{"FP1",
                            "Q7-000912",
                            fx::FixedSide::Foreign,
                            Money::of_minor(ccy("USD"), 25'000'000),
                            ccy("USD"),
                            "sb-cny",
                            "sb-usd",
                            *Date::parse("2026-11-20"),
                            rate("USD", "7.1052")};
    CHECK(with_bars(bank().write(order).body) ==
          "35=D|1=sb-cny|11=FP1|15=USD|21=1|38=250000.00|40=D|44=7.1052|54=1|55=USD/CNY|59=4|64=20261120|"
          "117=Q7-000912|");
    CHECK(bank().write(order).body == bank().write(order).body);
    order.rate.reset();
    CHECK_THROWS_AS((void)bank().write(order), LogicError);
    CHECK(with_bars(bank().write(fx::AskPurchase{"FP1"}).body) == "35=H|11=FP1|54=1|55=[N/A]|");
    CHECK(bank().write(fx::AskLock{"FL1"}).body.empty());
}

TEST_CASE("FIX the side of a deal in CNY is written by the bank's convention") {
    const Money cny = Money::of_minor(ccy("CNY"), 10'000);
    CHECK(with_bars(bank(SideOf::BaseCurrency).write(lock_order(cny)).body).find("|54=1|38=100.00|") !=
          std::string::npos);
    CHECK(with_bars(bank(SideOf::DealtCurrency).write(lock_order(cny)).body).find("|54=2|38=100.00|") !=
          std::string::npos);
    const Money usd = Money::of_minor(ccy("USD"), 10'000);
    CHECK(with_bars(bank(SideOf::DealtCurrency).write(lock_order(usd)).body).find("|54=1|38=100.00|") !=
          std::string::npos);
}

TEST_CASE("FIX a firm quote is a lock, with its number, price and end") {
    const fx::LockReading lock = bank().read_lock("FL1", fix_answer(asked_lock(), kQuote), false);
    REQUIRE_MESSAGE(lock.answer.outcome == Outcome::Confirmed, lock.answer.reason);
    CHECK(lock.answer.their_reference == "Q7-000912");
    CHECK(lock.rate->per_one() == "7.1052");
    CHECK(rfc3339(lock.expires_at) == "2026-11-20T02:15:17.300Z");
}

TEST_CASE("FIX FX-09 a quote that is not what was asked is no lock, and the reason is said") {
    struct Row {
        const char* from;
        const char* to;
        const char* reason;
    };
    const Row rows[] = {
        {"133=7.1052", "133=710.52", "the price is not in the scale of the one that was shown"},
        {"133=7.1052", "133=0.14074", "the price is not in the scale of the one that was shown"},
        {"133=7.1052", "133=0", "the price is missing, or not greater than zero"},
        {"133=7.1052", "133=-7.1052", "the price is missing, or not greater than zero"},
        {"133=7.1052", "133=7.1e0", "the price is missing, or not greater than zero"},
        {"133=7.1052", "132=7.1052", "the price is missing, or not greater than zero"},
        {"55=USD/CNY", "55=CNY/USD", "field 55 is not what was asked"},
        {"55=USD/CNY", "55=EUR/CNY", "field 55 is not what was asked"},
        {"54=1", "54=2", "field 54 is not what was asked"},
        {"15=USD", "15=CNY", "field 15 is not what was asked"},
        {"15=USD|", "", "field 15 is not what was asked"},
        {"15=USD", "15=USD|15=USD", "field 15 is not what was asked"},
        {"38=250000.00", "38=250000.01", "the quantity is not what was asked"},
        {"64=20261120", "64=20261121", "the value date is not the one asked for"},
        {"64=20261120", "64=20261131", "the value date is not the one asked for"},
        {"537=1", "537=0", "the quote is not tradeable"},
        {"537=1|", "", "the quote is not tradeable"},
        {"62=20261120-02:15:17.300|", "", "the quote has no end or no name"},
        {"62=20261120-02:15:17.300", "62=2026-11-20T02:15:17", "the quote has no end or no name"},
        {"117=Q7-000912|", "", "the quote has no end or no name"},
        {"131=FL1", "131=FL2", "no quote is among the answers"},
        {"35=S|131=FL1|", "131=FL1|", "the answer is no FIX message"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.to);
        const fx::LockReading lock =
            bank().read_lock("FL1", fix_answer(asked_lock(), changed(kQuote, row.from, row.to)), false);
        CHECK(lock.answer.outcome == Outcome::Unknown);
        CHECK(lock.answer.reason == row.reason);
        CHECK_FALSE(lock.rate.has_value());
    }
    // Without what was asked beside it, an answer cannot be held against anything.
    CHECK(bank().read_lock("FL1", fix_answer("", kQuote), false).answer.reason == "what was asked is not known");
    CHECK(bank().read_lock("FL1", fix_answer(asked_lock(), ""), true).answer.outcome == Outcome::Unknown);
}

TEST_CASE("FIX a quote that the bank withdraws is no lock; one that replaces another is") {
    const std::string cancel = "35=Z|117=Q7-000912|131=FL1|298=1|";
    const auto read = [](const std::string& body) {
        return bank().read_lock("FL1", fix_answer(asked_lock(), body), false);
    };
    CHECK(read(kQuote + cancel).answer.outcome == Outcome::RejectedFinal);
    CHECK(read(kQuote + cancel).answer.reason_code == "quote_cancelled");
    CHECK(read(cancel).answer.outcome == Outcome::RejectedFinal);
    const fx::LockReading second = read(kQuote + changed(changed(kQuote, "7.1052", "7.1060"), "000912", "000913"));
    REQUIRE(second.answer.outcome == Outcome::Confirmed);
    CHECK(second.answer.their_reference == "Q7-000913");
    CHECK(second.rate->per_one() == "7.106");
}

TEST_CASE("FIX XCT-06 a refusal on the list is final, any other is unknown") {
    const auto outcome = [](const std::string& body) {
        return bank().read_lock("FL1", fix_answer(asked_lock(), body), false).answer.outcome;
    };
    for (const char* reason : {"1", "2", "3", "4", "5", "6", "8", "9", "10"})
        CHECK(outcome(std::string("35=AG|131=FL1|658=") + reason + "|") == Outcome::RejectedFinal);
    for (const char* reason : {"7", "99", "11", "x"})
        CHECK(outcome(std::string("35=AG|131=FL1|658=") + reason + "|") == Outcome::Unknown);
    CHECK(outcome("35=AG|131=FL2|658=1|") == Outcome::Unknown);
    CHECK(outcome("35=j|372=R|379=FL1|380=4|") == Outcome::RejectedFinal);
    CHECK(outcome("35=j|372=R|379=FL1|380=0|") == Outcome::Unknown);
    CHECK(outcome("35=3|45=7|373=5|") == Outcome::Unknown);
}

TEST_CASE("FIX rates are read a currency at a time: one that is refused or wrong is left out with its reason") {
    const auto read = [](const std::string& body) { return bank().read_rates("FR1", fix_answer("", body)); };
    const fx::RatesReading good = read(kRates);
    REQUIRE(good.answer.outcome == Outcome::Confirmed);
    REQUIRE(good.lines.size() == 2);
    CHECK(good.lines[0].selling.per_one() == "7.1052");
    CHECK(good.lines[0].mid.per_one() == "7.1011");  // half of the way, where the bank names none
    CHECK(good.lines[1].mid.per_one() == "0.0463");
    CHECK(good.lines[1].bank_reference == "B1");

    struct Row {
        const char* from;
        const char* to;
        const char* reason;
    };
    const Row rows[] = {
        {"55=USD/CNY", "55=CNY/USD", "the pair CNY/USD was not asked for"},
        {"131=FR1.USD", "131=FR0.USD", "a quote for another request"},
        {"133=7.1052", "133=0.00", "a price is missing, or not greater than zero"},
        {"132=7.0970", "132=-7.0970", "a price is missing, or not greater than zero"},
        {"133=7.1052", "133=7.1052|133=7.2", "a price is missing, or not greater than zero"},
        {"62=20261120-02:18:00.000", "62=soon", "the quote has no end or no name"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.to);
        const fx::RatesReading reading = read(changed(kRates, row.from, row.to));
        CHECK(reading.answer.outcome == Outcome::Confirmed);
        REQUIRE(reading.lines.size() == 1);
        CHECK(reading.lines[0].mid.base() == ccy("JPY"));
        CHECK(reading.answer.reason == row.reason);
    }
    CHECK(read("35=AG|131=FR1.USD|658=1|").answer.outcome == Outcome::Unknown);
    CHECK(read("35=j|372=R|379=FR1.USD|380=4|").answer.outcome == Outcome::Unknown);
    CHECK(read("garbage").answer.reason == "the answer is no FIX message");
}

TEST_CASE("FIX text: what is no sequence of whole messages is not read at all") {
    for (const char* text : {"35=S", "131=Q|", "35=S|=1|", "35=S|a=1|", "35=S|01=1|", "35=S|55=|", "35=S|1234567=1|"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_messages(text).has_value());
    }
    const auto two = parse_messages(with_soh("35=S|58=a|35=Z|117=Q1|"));
    REQUIRE(two.has_value());
    CHECK(two->size() == 2);
    CHECK((*two)[0].text('|') == "35=S|58=a|");
    CHECK(parse_messages(std::string("35=S\x01") + "58=a|b\x01").value()[0].only(58) == "a|b");
    CHECK_FALSE(parse_messages(std::string(70'000, '1')).has_value());
    CHECK(utc_timestamp(parse_utc_timestamp("20261120-02:15:17.300").value()) == "20261120-02:15:17.300");
    CHECK_FALSE(parse_utc_timestamp("20261120 02:15:17").has_value());
    CHECK(without_trailing_zeros("7.1050") == "7.105");
    CHECK(without_trailing_zeros("7.000") == "7");
    CHECK(without_trailing_zeros("700") == "700");
}

TEST_CASE("FIX an answer goes to who asked: by quote, by order, by the number that was refused") {
    using namespace std::chrono_literals;
    Dialogue dialogue;
    const auto one = [](const std::string& text) { return parse_messages(text).value(); };
    const auto take = [&](const std::string& text) { return dialogue.take(one(text).front()); };
    dialogue.expect(1, one("35=R|131=FR1.USD|35=R|131=FR1.JPY|"), 10s);
    dialogue.expect(2, one("35=D|11=FP1|"), 10s);
    dialogue.expect(3, one("35=R|131=FL1|"), 10s);
    dialogue.sent_as(44, 3);
    CHECK(take("35=S|131=FR1.USD|"));
    CHECK_FALSE(take("35=S|131=FR9|"));
    CHECK(take("35=8|11=FP1|39=0|"));
    CHECK(dialogue.take_completed(1s).empty());
    CHECK(take("35=AG|131=FR1.JPY|658=1|"));
    CHECK(take("35=3|45=44|"));
    CHECK(take("35=8|11=FP1|39=2|"));
    const std::vector<http::Completion> done = dialogue.take_completed(2s);
    REQUIRE(done.size() == 3);
    CHECK(done[0].handle == 1);
    CHECK(with_bars(done[0].outcome.answer.body) == "35=S|131=FR1.USD|35=AG|131=FR1.JPY|658=1|");
    CHECK(done[0].outcome.answer.headers.value(kAskedHeader) == "35=R|131=FR1.USD|35=R|131=FR1.JPY|");
    CHECK(done[1].handle == 3);
    CHECK(with_bars(done[2].outcome.answer.body) == "35=8|11=FP1|39=0|35=8|11=FP1|39=2|");
    CHECK(dialogue.awaited() == 0);
    CHECK_FALSE(take("35=8|11=FP1|39=2|"));

    // At the deadline, what has come is the answer; nothing is unknown.
    dialogue.expect(4, one("35=D|11=FP2|"), 10s);
    dialogue.expect(5, one("35=D|11=FP3|"), 10s);
    CHECK(take("35=8|11=FP2|39=A|"));
    const std::vector<http::Completion> late = dialogue.take_completed(10s);
    REQUIRE(late.size() == 2);
    CHECK(late[0].outcome.kind == http::OutcomeKind::Answered);
    CHECK(late[1].outcome.kind == http::OutcomeKind::Unknown);
}

TEST_CASE("FIX addresses are of one form") {
    CHECK(fix_address("fix://127.0.0.1:7811") == std::pair(std::string("127.0.0.1"), 7811));
    for (const char* url :
         {"http://127.0.0.1:1", "fix://127.0.0.1", "fix://:1", "fix://a:0", "fix://a:65536", "fix://a:1x"})
        CHECK_FALSE(fix_address(url).has_value());
}
