#include <doctest/doctest.h>

#include <sstream>

#include "src/app/phone_commands.h"

using namespace huiqiao;
using namespace huiqiao::app;

namespace {

const Currency kUsd = Currency::known("USD");
const Currency kCny = Currency::known("CNY");

Rate price(const char* text) {
    return *Rate::parse(kUsd, kCny, 100, text);
}

fx::PhoneDeal deal() {
    fx::PhoneDeal one{.id = "phd_1",
                      .purchase_id = "pur_1",
                      .state = fx::PhoneDealState::Recorded,
                      .maker = "opr_liwei",
                      .checker = "",
                      .call = {.bank = "tower-bank",
                               .dealer = "sealed",
                               .called_at = *parse_rfc3339("2026-11-20T02:14:05Z"),
                               .price = price("716.85"),
                               .amount = *Money::parse(kCny, "71685.00"),
                               .value_date = *Date::parse("2026-11-24"),
                               .expires_at = *parse_rfc3339("2026-11-20T03:00:00Z"),
                               .recording = "REC-77"},
                      .amounts = {*Money::parse(kCny, "71685.00"), *Money::parse(kUsd, "10000.00")},
                      .slip = std::nullopt,
                      .recorded_at = *parse_rfc3339("2026-11-20T02:16:00Z"),
                      .decided_at = {}};
    return one;
}

std::string shown(const fx::PhoneDeal& one) {
    std::ostringstream out;
    print_phone_deal(one, "FP123", "Chen Wei", out);
    return out.str();
}

}  // namespace

TEST_CASE(
    "phone deals are listed with bank, price, amounts, value date, state, who recorded each and what it waits for") {
    const fx::PhoneDeal one = deal();
    std::ostringstream out;
    print_phone_deals(std::span(&one, 1), out);
    for (const char* text : {"phd_1", "tower-bank", "7.1685", "71685.00", "USD 10000.00", "2026-11-24", "recorded",
                             "opr_liwei", "a second person with the slip", "Maker", "制单人"}) {
        CAPTURE(text);
        CHECK(out.str().find(text) != std::string::npos);
    }
    std::ostringstream none;
    print_phone_deals({}, none);
    CHECK(none.str() == "No deal was made on the telephone.\n没有电话交易。\n");
}

TEST_CASE("one phone deal is shown with all that was recorded, and with the slip beside it where they differ") {
    fx::PhoneDeal one = deal();
    const std::string waiting = shown(one);
    for (const char* text : {"Chen Wei", "REC-77", "716.85 / 100", "FP123", "pur_1", "2026-11-20 10:14", "opr_liwei",
                             "It waits for a second person with the slip.", "等待第二人录入成交单。"}) {
        CAPTURE(text);
        CHECK(waiting.find(text) != std::string::npos);
    }
    CHECK(waiting.find("differ") == std::string::npos);
    CHECK(waiting.find("sealed") == std::string::npos);

    one.state = fx::PhoneDealState::Differs;
    one.checker = "opr_wangfang";
    one.slip = fx::PhoneSlip{"88123", price("716.95"), *Money::parse(kCny, "71685.00"), *Money::parse(kUsd, "9998.60"),
                             *Date::parse("2026-11-24")};
    const std::string differing = shown(one);
    for (const char* text : {"88123", "716.95 / 100", "9998.60", "opr_wangfang", "Record and slip differ:",
                             "716.85 per 100 recorded, 716.95 per 100 on the slip", "propose settle_phone_deal"}) {
        CAPTURE(text);
        CHECK(differing.find(text) != std::string::npos);
    }
}
