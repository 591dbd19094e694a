#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "src/app/desk_jobs.h"
#include "src/app/desk_wishes.h"
#include "src/app/exposure_command.h"
#include "src/app/rate_chart.h"
#include "src/app/text_table.h"
#include "src/base/error.h"
#include "tests/support/readme_tables.h"

using namespace huiqiao;
using namespace huiqiao::app;

namespace {

const Currency kUsd = Currency::known("USD");
const Currency kCny = Currency::known("CNY");
const Instant kNow = *parse_rfc3339("2026-11-20T02:00:00Z");

Rate rate(const char* text) {
    return *Rate::parse(kUsd, kCny, 1, text);
}

fx::RatePoint point(const char* bank, const char* at, const char* text, bool is_refused = false) {
    return {bank, *parse_rfc3339(at), rate(text), is_refused};
}

const fx::RateStretch kDay{kUsd, *parse_rfc3339("2026-11-19T16:00:00Z"), *parse_rfc3339("2026-11-20T16:00:00Z")};

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a table has headings in both languages, and its columns stand straight, numbers to the right") {
    TextTable table({{"Bank", "银行"}, {"Rate", "汇率", TextTable::Align::Right}, {"Note", "备注"}});
    table.add({"a", "7.1", "x"});
    table.add({"东港银行", "10.25", ""});
    CHECK(table.text() ==
          "Bank       Rate  Note\n"
          "银行       汇率  备注\n"
          "a           7.1  x\n"
          "东港银行  10.25\n");
    CHECK_THROWS_AS(table.add({"one"}), LogicError);
}

TEST_CASE("open, high, low and close of a day leave refused quotes out; each bank has its own") {
    const std::vector<fx::RatePoint> points{
        point("a", "2026-11-20T01:00:00Z", "7.10"),     point("a", "2026-11-20T02:00:00Z", "7.30"),
        point("b", "2026-11-20T02:00:00Z", "7.15"),     point("a", "2026-11-20T03:00:00Z", "710", true),
        point("a", "2026-11-20T04:00:00Z", "7.05"),     point("a", "2026-11-20T05:00:00Z", "7.20"),
        point("c", "2026-11-20T05:00:00Z", "0.7", true)};
    const auto candles = fx::candles(points);
    REQUIRE(candles.size() == 2);
    const fx::Candle& a = candles.at("a");
    CHECK(a.open.per_one() == "7.1");
    CHECK(a.high.per_one() == "7.3");
    CHECK(a.low.per_one() == "7.05");
    CHECK(a.close.per_one() == "7.2");
    CHECK(a.quotes == 4);
    CHECK(candles.at("b").open.per_one() == "7.15");
}

TEST_CASE("a day's chart has a stepped line a bank and a cross for a refused quote; no quotes are said to be none") {
    const std::vector<fx::RatePoint> points{
        point("a", "2026-11-20T01:00:00Z", "7.10"), point("b<x>", "2026-11-20T02:00:00Z", "7.15"),
        point("a", "2026-11-20T03:00:00Z", "7.20", true), point("a", "2026-11-20T04:00:00Z", "7.12")};
    const std::string svg = rate_chart_svg(kDay, points);
    CHECK(svg.find("USD/CNY, selling, 2026-11-20 (Shanghai)") != std::string::npos);
    CHECK(count(svg, "<path ") == 2);
    CHECK(count(svg, "×") == 1);
    CHECK(svg.find("b&lt;x&gt;") != std::string::npos);
    CHECK(svg.find("<x>") == std::string::npos);
    CHECK(svg.ends_with("</svg>\n"));
    const std::string empty = rate_chart_svg(kDay, {});
    CHECK(count(empty, "<path ") == 0);
    CHECK(empty.find("No quotes of USD are kept") != std::string::npos);
}

TEST_CASE("a bank of the configuration that has no hours is found at start, by its name and currency") {
    Config config;
    config.accounts = {{"n-cny", kCny, "north"}, {"n-usd", kUsd, "north"}};
    const std::string heading = "bank,operation,currency,tenor,date,time,zone\n";
    const auto check = [&](const std::string& lines) {
        const Status checked = check_bank_hours(config, fx::CutOffs::parse(heading + lines).value());
        return checked ? std::string("good") : checked.error().english();
    };
    CHECK(check("north,remit,*,T+0,,17:00,Asia/Shanghai\nnorth,deal,USD,T+0,,16:30,Asia/Shanghai\n") == "good");
    CHECK(check("north,remit,*,T+0,,17:00,Asia/Shanghai\n").find("deal in USD at north") != std::string::npos);
    CHECK(check("north,deal,*,T+0,,17:00,Asia/Shanghai\n").find("remit in CNY at north") != std::string::npos);
}

TEST_CASE("cut-offs are shown with the time left, on the bank's clock and on ours; closed ones say so") {
    Config config;
    config.accounts = {{"n-usd", kUsd, "north"}};
    const fx::ValueDates days(
        {{"CNY", Calendar::parse("year,2026\n").value()}, {"USD", Calendar::parse("year,2026\n").value()}});
    const fx::BankHours hours(days, fx::CutOffs::parse("bank,operation,currency,tenor,date,time,zone\n"
                                                       "north,deal,*,T+0,,09:30,Asia/Shanghai\n"
                                                       "north,remit,USD,T+0,,15:00,Europe/London\n")
                                        .value());
    std::ostringstream out;
    print_cut_offs(config, hours, kNow, false, out);  // Friday 10:00 in Shanghai
    CHECK(out.str().find("north  deal   USD       09:30  Asia/Shanghai  no more today") != std::string::npos);
    CHECK(out.str().find(
              "north  remit  USD       15:00  Europe/London  2026-11-20 23:00  13 h 00 min  T+0    2026-11-20") !=
          std::string::npos);
    huiqiao::testing::check_readmes_show(out.str(), "Its clock");
    CHECK(out.str().starts_with("As of 2026-11-20 10:00 in Shanghai, a Friday\n上海时间 2026-11-20 10:00，星期五\n"));
    std::ostringstream sunday;
    print_cut_offs(config, hours, kNow + std::chrono::hours(48), false, sunday);
    CHECK(sunday.str().find("a Sunday") != std::string::npos);
    CHECK(sunday.str().find("星期日") != std::string::npos);
    CHECK(sunday.str().find("day off, next 2026-11-23") != std::string::npos);
    std::ostringstream json;
    print_cut_offs(config, hours, kNow, true, json);
    CHECK(
        json.str().find(
            R"({"bank":"north","operation":"deal","currency":"USD","time":"09:30","zone":"Asia/Shanghai","open":false})") !=
        std::string::npos);
}

TEST_CASE("a tenor is that of the value date, whatever cut-off led there; a year without a calendar is told once") {
    Config config;
    config.accounts = {{"n-usd", kUsd, "north"}};
    const fx::ValueDates days(
        {{"CNY", Calendar::parse("year,2026\n").value()},
         {"USD",
          Calendar::parse("year,2026\ndate,kind,name\n2026-11-20,holiday,one\n2026-11-23,holiday,two\n").value()}});
    const fx::BankHours hours(days, fx::CutOffs::parse("bank,operation,currency,tenor,date,time,zone\n"
                                                       "north,deal,*,T+0,,16:30,Asia/Shanghai\n"
                                                       "north,remit,USD,T+0,,17:00,Asia/Shanghai\n")
                                        .value());
    std::ostringstream out;
    print_cut_offs(config, hours, kNow, false, out);  // a Friday
    CHECK(out.str().find("T+2    2026-11-24") != std::string::npos);
    CHECK(out.str().find("T+0") == std::string::npos);
    std::ostringstream later;
    print_cut_offs(config, hours, *parse_rfc3339("2028-03-01T02:00:00Z"), false, later);
    std::istringstream lines(later.str());
    std::multiset<std::string> told;
    for (std::string each; std::getline(lines, each);)
        if (each.find("has no days of 2028") != std::string::npos) told.insert(each);
    REQUIRE_FALSE(told.empty());
    for (const std::string& each : told) CHECK(told.count(each) == 1);
}

TEST_CASE("exposure prints both sides of a currency, and each value date of which something is open beneath it") {
    fx::CurrencyExposure usd(kUsd);
    usd.totals.at(fx::Figure::Ordered) = 30000;
    usd.totals.at(fx::Figure::Collected) = 20000;
    usd.totals.at(fx::Figure::Fees) = 111;
    usd.totals.at(fx::Figure::Converting) = 5000;
    usd.totals.at(fx::Figure::Converted) = 7000;
    usd.totals.at(fx::Figure::Rest) = 2;
    usd.totals.at(fx::Figure::Dealt) = 990;
    usd.totals.at(fx::Figure::Allocated) = 980;
    usd.totals.at(fx::Figure::Remitting) = 300;
    usd.totals.at(fx::Figure::Remitted) = 600;
    const Money cny = Money::of_minor(kCny, 5000);
    const Money none = Money::zero(kUsd);
    usd.value_dates.push_back(
        {*Date::parse("2026-11-24"), cny, Money::of_minor(kUsd, 702), Money::zero(kCny), none, none});
    std::ostringstream out;
    print_exposure(std::span(&usd, 1), std::nullopt, out);
    std::string squeezed;
    for (const char each : out.str())
        if (each != ' ' || squeezed.empty() || squeezed.back() != ' ') squeezed += each;
    const auto shows = [&](const char* text) { return squeezed.find(text) != std::string::npos; };
    CHECK(count(squeezed, "\n") == 8);  // of each side two lines of headings and the currency; a value date; a blank
    CHECK(shows("Ordered To be paid Paid Fees Refunded To buy In purchases Spent Rests\n"));
    CHECK(shows("USD 300.00 100.00 200.00 1.11 0.00 78.87 50.00 70.00 0.02\n"));
    CHECK(shows("Bought Not allocated Allocated To remit Being remitted Remitted\n"));
    CHECK(shows("USD all 50.00 7.02 9.90 0.10 9.80 0.80 3.00 6.00\n"));
    CHECK(shows("\n 2026-11-24 50.00 7.02 0.00 0.00 0.00\n"));
    huiqiao::testing::check_readmes_show(out.str(), "CNY for");
    huiqiao::testing::check_readmes_show(out.str(), "Being remitted");
    std::ostringstream empty;
    print_exposure({}, std::nullopt, empty);
    CHECK(empty.str() == "No order is to be paid out in a foreign currency.\n没有须以外币付出的订单。\n");
    std::ostringstream of_one;
    print_exposure({}, kUsd, of_one);
    CHECK(of_one.str() == "No order is to be paid out in USD.\n没有须以 USD 付出的订单。\n");
}

TEST_CASE(
    "what cannot be meant at the desk is said in a sentence: CNY to be bought, nothing, a bank that is not there") {
    CHECK(foreign_currency("USD").ok());
    CHECK(foreign_currency("CNY").error().code == &wish_error::kNotForeign);
    CHECK(amount_wanted(kCny, "0.01").ok());
    CHECK(amount_wanted(kCny, "99999999999999.00").error().code == &base_error::kAmountTooLarge);
    CHECK(amount_wanted(kCny, "99999999999999.001").error().code == &base_error::kBadAmount);
    CHECK(amount_wanted(kCny, "100,000").error().code == &base_error::kBadAmount);
    CHECK(amount_wanted(kCny, "0").error().english().find("CNY 0.00") != std::string::npos);
    Config config;
    config.banks.resize(2);
    config.banks[0].name = "north";
    config.banks[1].name = "south";
    CHECK(check_bank_is_known(config, "").ok());
    CHECK(check_bank_is_known(config, "south").ok());
    const Status unknown = check_bank_is_known(config, "nroth");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().english().find("nroth. These are there: north, south.") != std::string::npos);
}
