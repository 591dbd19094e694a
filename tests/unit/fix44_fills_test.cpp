#include <doctest/doctest.h>

#include "src/base/random.h"
#include "tests/support/fix_text.h"

using namespace huiqiao;
using namespace huiqiao::fix44;
using namespace huiqiao::testing;

namespace {

constexpr const char* kOrder =
    "35=D|1=sb-cny|11=FP1|15=USD|21=1|38=250000.00|40=D|44=7.1052|54=1|55=USD/CNY|59=4|64=20261120|117=Q7|";
constexpr const char* kQuery = "35=H|11=FP1|54=1|55=[N/A]|";
constexpr const char* kFill =
    "35=8|37=BK88123|11=FP1|17=EX55190|150=F|39=2|63=1|64=20261120|55=USD/CNY|54=1|38=250000.00|40=D|44=7.1052|15=USD|"
    "32=250000.00|31=7.1052|194=7.1052|151=0|14=250000.00|6=7.1052|75=20261120|60=20261120-02:15:09.210|"
    "119=1776300.00|120=CNY|";
constexpr const char* kNew =
    "35=8|37=BK88123|11=FP1|17=EX1|150=0|39=0|64=20261120|55=USD/CNY|54=1|38=250000.00|15=USD|151=250000.00|14=0|6=0|";

Fix44FxBank bank(SideOf side = SideOf::BaseCurrency) {
    return Fix44FxBank({.currencies = {Currency::known("USD")}, .side = side});
}
fx::PurchaseReading read(const std::string& body, const std::string& asked = kOrder) {
    return bank().read_purchase("FP1", fix_answer(asked, body), asked == kQuery);
}
std::string refused(const std::string& reason, const std::string& type = "8") {
    return changed(changed(kNew, "150=0|39=0", "150=" + type + "|39=8|103=" + reason), "151=250000.00", "151=0");
}

}  // namespace

TEST_CASE("FIX a fill is the deal: both amounts, price and value date, by the bank's word") {
    for (const std::string& body : {std::string(kFill), std::string(kNew) + kFill}) {
        const fx::PurchaseReading reading = read(body);
        REQUIRE_MESSAGE(reading.answer.outcome == Outcome::Confirmed, reading.answer.reason);
        CHECK(reading.answer.their_reference == "BK88123");
        CHECK(reading.deal->foreign.text() == "250000.00");
        CHECK(reading.deal->cny.text() == "1776300.00");
        CHECK(reading.deal->rate.per_one() == "7.1052");
        CHECK(reading.deal->value_date.text() == "2026-11-20");
        CHECK(reading.answer.amount == reading.deal->foreign);
    }
    CHECK(read(kNew).answer.outcome == Outcome::Accepted);
}

TEST_CASE("FIX a deal with CNY fixed is read the same, and the side by the bank's convention") {
    const std::string order = changed(changed(kOrder, "15=USD", "15=CNY"), "38=250000.00", "38=100.00");
    std::string fill = changed(changed(kFill, "15=USD", "15=CNY"), "38=250000.00", "38=100.00");
    fill = changed(changed(fill, "32=250000.00", "32=100.00"), "14=250000.00", "14=100.00");
    fill = changed(fill, "119=1776300.00|120=CNY", "119=14.07|120=USD");
    const fx::PurchaseReading reading = read(fill, order);
    REQUIRE_MESSAGE(reading.answer.outcome == Outcome::Confirmed, reading.answer.reason);
    CHECK(reading.deal->cny.text() == "100.00");
    CHECK(reading.deal->foreign.text() == "14.07");
    const Fix44FxBank dealt = bank(SideOf::DealtCurrency);
    const auto outcome = [&](const std::string& side) {
        return dealt
            .read_purchase("FP1", fix_answer(changed(order, "54=1", "54=" + side), changed(fill, "54=1", "54=" + side)),
                           false)
            .answer.outcome;
    };
    CHECK(outcome("2") == Outcome::Confirmed);
    CHECK(outcome("1") == Outcome::Unknown);
}

TEST_CASE("FIX a report that is sent again has no second effect: an ExecID counts once, whatever its order") {
    for (const std::string& body : {std::string(kFill) + kFill, std::string(kFill) + kNew + kFill}) {
        const fx::PurchaseReading reading = read(body);
        REQUIRE(reading.answer.outcome == Outcome::Confirmed);
        CHECK(reading.deal->foreign.text() == "250000.00");
    }
}

TEST_CASE("FIX FX-07 a second fill above the order and a fill at another rate are read as they are") {
    const std::string second = changed(changed(kFill, "EX55190", "EX55191"), "14=250000.00", "14=500000.00");
    const fx::PurchaseReading over = read(std::string(kFill) + second);
    REQUIRE_MESSAGE(over.answer.outcome == Outcome::Confirmed, over.answer.reason);
    CHECK(over.deal->foreign.text() == "500000.00");
    CHECK(over.deal->cny.text() == "3552600.00");
    std::string dearer = changed(changed(kFill, "31=7.1052", "31=7.2052"), "|6=7.1052", "|6=7.2052");
    dearer = changed(dearer, "119=1776300.00", "119=1801300.00");
    const fx::PurchaseReading other = read(dearer);
    REQUIRE_MESSAGE(other.answer.outcome == Outcome::Confirmed, other.answer.reason);
    CHECK(other.deal->rate.per_one() == "7.2052");
}

TEST_CASE("FIX FX-06 a partial fill whose rest is cancelled is a deal for its part; an open one is not over") {
    std::string part = changed(changed(kFill, "39=2", "39=1"), "32=250000.00", "32=100000.00");
    part = changed(changed(part, "14=250000.00", "14=100000.00"), "151=0", "151=150000.00");
    part = changed(part, "119=1776300.00", "119=710520.00");
    CHECK(read(part).answer.outcome == Outcome::Accepted);
    const std::string rest =
        changed(changed(changed(changed(kNew, "17=EX1", "17=EX3"), "150=0|39=0", "150=4|39=4"), "14=0", "14=100000.00"),
                "6=0", "6=7.1052");
    const fx::PurchaseReading reading = read(part + rest);
    REQUIRE_MESSAGE(reading.answer.outcome == Outcome::Confirmed, reading.answer.reason);
    CHECK(reading.deal->foreign.text() == "100000.00");
    CHECK(reading.deal->cny.text() == "710520.00");
    CHECK(read(changed(kNew, "150=0|39=0", "150=4|39=4")).answer.outcome == Outcome::RejectedFinal);
}

TEST_CASE("FIX XCT-06 what is not on the list, or does not fit what was ordered, is unknown") {
    struct Row {
        const char* from;
        const char* to;
    };
    const Row rows[] = {
        {"11=FP1", "11=FP2"},
        {"55=USD/CNY", "55=CNY/USD"},
        {"55=USD/CNY", "55=EUR/CNY"},
        {"54=1", "54=2"},
        {"15=USD", "15=CNY"},
        {"38=250000.00", "38=250001.00"},
        {"32=250000.00", "32=249999.00"},
        {"14=250000.00", "14=-250000.00"},
        {"14=250000.00", "14=2.5e5"},
        {"31=7.1052", "31=710.52"},
        {"31=7.1052", "31=-7.1052"},
        {"31=7.1052", "31=0"},
        {"6=7.1052|75", "6=0.14074|75"},
        {"119=1776300.00", "119=1776400.00"},
        {"119=1776300.00", "119=177630000.00"},
        {"120=CNY", "120=USD"},
        {"119=1776300.00|", ""},
        {"64=20261120", "64=20261123"},
        {"64=20261120", "64=20261131"},
        {"150=F", "150=H"},
        {"150=F", "150=G"},
        {"150=F", "150=D"},
        {"39=2", "39=3"},
        {"39=2", "39=6"},
        {"39=2", "39=2|39=2"},
        {"17=EX55190|", ""},
        {"37=BK88123|", ""},
        {"35=8", "35=AE"},
        {"35=8|", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.to);
        const fx::PurchaseReading reading = read(changed(kFill, row.from, row.to));
        CHECK(reading.answer.outcome == Outcome::Unknown);
        CHECK_FALSE(reading.answer.reason.empty());
        CHECK_FALSE(reading.deal.has_value());
    }
    CHECK(read("35=j|372=D|379=FP1|380=4|").answer.outcome == Outcome::Unknown);
    CHECK(read("35=3|45=3|373=5|").answer.outcome == Outcome::Unknown);
}

TEST_CASE("FIX XCT-07 a listed refusal is final; an unknown or a duplicate order is not") {
    for (const char* reason : {"0", "1", "2", "3", "4", "8", "11", "13", "15"})
        CHECK(read(refused(reason)).answer.outcome == Outcome::RejectedFinal);
    for (const char* reason : {"5", "6", "7", "9", "10", "14", "99", "12"})
        CHECK(read(refused(reason)).answer.outcome == Outcome::Unknown);
    CHECK(read(kNew + changed(refused("2"), "EX1", "EX2")).answer.outcome ==
          Outcome::RejectedFinal);  // refused after it was taken up
    const std::string status = changed(refused("4", "I"), "17=EX1", "17=0");
    CHECK(read(status, kQuery).answer.outcome == Outcome::RejectedFinal);
    CHECK(read(changed(status, "103=4", "103=5"), kQuery).answer.outcome == Outcome::Unknown);
    CHECK(read("35=8|6=0|11=FP1|14=0|17=0|37=NONE|39=8|54=1|55=[N/A]|103=5|150=I|151=0|", kQuery).answer.outcome ==
          Outcome::Unknown);
    // Refused, and yet something was dealt: nobody knows.
    CHECK(read(changed(refused("2"), "14=0", "14=1.00")).answer.outcome == Outcome::Unknown);
}

TEST_CASE("FIX PAY-05 the truth by a query: an order's status tells the whole deal") {
    const std::string status = changed(changed(kFill, "150=F", "150=I"), "17=EX55190", "17=0");
    const fx::PurchaseReading reading = read(status, kQuery);
    REQUIRE_MESSAGE(reading.answer.outcome == Outcome::Confirmed, reading.answer.reason);
    CHECK(reading.deal->cny.text() == "1776300.00");
    CHECK(read(changed(status, "119=1776300.00|120=CNY|", ""), kQuery).answer.outcome == Outcome::Unknown);
    CHECK(bank().read_purchase("FP1", WireAnswer{}, true).answer.outcome == Outcome::Unknown);
}

TEST_CASE("FIX hostile bytes are unknown, never an exception, and never a deal of another size") {
    SeededRandom random(7);
    const std::string whole = std::string(kNew) + kFill;
    for (int round = 0; round < 5000; ++round) {
        std::string body = whole;
        const std::uint64_t changes = 1 + random.below(4);
        for (std::uint64_t i = 0; i < changes; ++i) {
            body[random.below(body.size())] = static_cast<char>(random.below(256));
            if (random.below(8) == 0) body.resize(1 + random.below(body.size()));
        }
        const fx::PurchaseReading reading = read(body);
        if (reading.answer.outcome == Outcome::Confirmed) {
            REQUIRE(reading.deal->foreign.text() == "250000.00");
            REQUIRE(reading.deal->cny.is_positive());
        }
        (void)bank().read_lock("FL1", fix_answer(kQuery, body), false);
        (void)bank().read_rates("FR1", fix_answer(kQuery, body));
    }
}
