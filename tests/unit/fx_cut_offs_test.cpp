#include "fx/cut_offs.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace huiqiao;
using namespace huiqiao::fx;

namespace {

constexpr const char* kHeading = "bank,operation,currency,tenor,date,time,zone\n";

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

const ValueDates& shipped() {
    static const ValueDates kDates = [] {
        std::map<std::string, Calendar, std::less<>> calendars;
        for (const std::string code : {"CNY", "USD", "GBP", "JPY"})
            calendars.emplace(code, *Calendar::parse(text_of("config/calendars/" + code + ".csv")));
        return ValueDates(std::move(calendars));
    }();
    return kDates;
}

/// Tenor, cut-off in UTC and value date, or why not.
std::string open_until(const std::string& lines, BankOperation operation, const char* currency, const char* now) {
    const Result<CutOffs> table = CutOffs::parse(kHeading + lines);
    if (!table) return table.error().english();
    const auto open =
        table->open_until(shipped(), "a", operation, Currency::known(currency), Tenor::Today, *parse_rfc3339(now));
    if (!open) return std::string(open.error().code->text);
    if (!*open) return "no more today";
    return std::string(to_text((*open)->tenor)) + " until " + rfc3339((*open)->cut_off).substr(0, 16) + " for " +
           (*open)->value_date.text();
}

constexpr const char* kDeals =
    "a,deal,*,T+0,,16:30,Asia/Shanghai\n"
    "a,deal,*,T+1,,22:00,Asia/Shanghai\n"
    "a,deal,JPY,T+0,,11:00,Asia/Shanghai\n";

}  // namespace

TEST_CASE("CLK-03 past a cut-off there is the next value date, and then nothing until tomorrow") {
    const auto deal = [](const char* currency, const char* now) {
        return open_until(kDeals, BankOperation::Deal, currency, now);
    };
    CHECK(deal("USD", "2026-11-20T08:29:59Z") == "T+0 until 2026-11-20T08:30 for 2026-11-20");
    CHECK(deal("USD", "2026-11-20T08:30:00Z") == "T+1 until 2026-11-20T14:00 for 2026-11-23");
    CHECK(deal("USD", "2026-11-20T14:00:00Z") == "no more today");
    CHECK(deal("JPY", "2026-11-20T03:00:00Z") == "T+1 until 2026-11-20T14:00 for 2026-11-24");  // 23 Nov: closed there
}

TEST_CASE(
    "CLK-05 golden weeks, make-up Saturdays and half days are data; what the table or a calendar lacks is an error") {
    const auto deal = [](const char* now, const std::string& more = "") {
        return open_until(kDeals + more, BankOperation::Deal, "USD", now);
    };
    CHECK(deal("2026-10-01T02:00:00Z") == "no more today");
    CHECK(deal("2026-10-10T02:00:00Z") == "no more today");  // a working Saturday of CNY alone
    CHECK(deal("2026-10-08T02:00:00Z") == "T+0 until 2026-10-08T08:30 for 2026-10-08");  // after the golden week
    const std::string eve =
        "a,deal,*,T+0,2026-12-24,12:00,Asia/Shanghai\na,deal,*,T+1,2026-12-24,closed,Asia/Shanghai\n";
    CHECK(deal("2026-12-24T03:00:00Z", eve) == "T+0 until 2026-12-24T04:00 for 2026-12-24");
    CHECK(deal("2026-12-24T04:00:00Z", eve) == "no more today");
    CHECK(deal("2026-12-23T04:00:00Z", eve) == "T+0 until 2026-12-23T08:30 for 2026-12-23");
    CHECK(deal("2031-03-03T02:00:00Z") == "calendar_missing");
    CHECK(open_until("b,deal,*,T+0,,16:30,Asia/Shanghai\n", BankOperation::Deal, "USD", "2026-11-20T02:00:00Z") ==
          "cut_off_missing");
    CHECK(open_until(kDeals, BankOperation::Remit, "USD", "2026-11-20T02:00:00Z") == "cut_off_missing");
}

TEST_CASE("CLK-04 a cut-off on a wall abroad moves with its summer time, and with the bank's own date") {
    const std::string remits = "a,remit,GBP,T+0,,15:00,Europe/London\n";
    const auto remit = [&](const char* now) { return open_until(remits, BankOperation::Remit, "GBP", now); };
    CHECK(remit("2026-10-23T13:59:00Z") == "T+0 until 2026-10-23T14:00 for 2026-10-23");
    CHECK(remit("2026-10-26T14:59:00Z") == "T+0 until 2026-10-26T15:00 for 2026-10-26");
    CHECK(remit("2026-10-26T15:00:00Z") == "no more today");
    CHECK(remit("2026-10-26T23:59:00Z") == "no more today");
    CHECK(remit("2026-10-27T00:00:00Z") == "T+0 until 2026-10-27T15:00 for 2026-10-27");
}

TEST_CASE("CLK-06 money is remitted on a day that its currency is open, dealt where CNY is, whichever comes later") {
    const std::string remits =
        "a,remit,*,T+0,,14:00,Asia/Shanghai\n"
        "a,remit,*,T+1,,23:00,Asia/Shanghai\n";
    const auto remit = [&](const char* now) { return open_until(remits, BankOperation::Remit, "USD", now); };
    CHECK(remit("2026-11-26T02:00:00Z") == "T+1 until 2026-11-26T15:00 for 2026-11-27");  // Thanksgiving
    CHECK(remit("2026-11-25T07:00:00Z") == "T+1 until 2026-11-25T15:00 for 2026-11-27");
    CHECK(remit("2026-11-21T02:00:00Z") == "T+1 until 2026-11-21T15:00 for 2026-11-23");  // a Saturday
    // The golden week: nothing is told to a bank a week before it shall pay.
    const auto home = [&](const char* now) { return open_until(remits, BankOperation::Remit, "CNY", now); };
    CHECK(home("2026-09-30T02:00:00Z") == "T+0 until 2026-09-30T06:00 for 2026-09-30");
    CHECK(home("2026-10-01T02:00:00Z") == "no more today");
    CHECK(home("2026-10-03T02:00:00Z") == "no more today");
    CHECK(home("2026-10-04T02:00:00Z") == "T+1 until 2026-10-04T15:00 for 2026-10-08");
    CHECK(open_until(kDeals, BankOperation::Deal, "USD", "2026-11-26T02:00:00Z") ==
          "T+0 until 2026-11-26T08:30 for 2026-11-27");
}

TEST_CASE("a table that cannot be meant is refused by its line") {
    struct Row {
        const char* line;
        const char* why;
    };
    for (const Row& row :
         {Row{"a,deal,USD,T+0,,16:30", "seven columns"}, Row{",deal,USD,T+0,,16:30,Asia/Shanghai", "bank"},
          Row{"a,buy,USD,T+0,,16:30,Asia/Shanghai", "deal or remit"},
          Row{"a,deal,XXQ,T+0,,16:30,Asia/Shanghai", "no such currency"},
          Row{"a,deal,USD,T+3,,16:30,Asia/Shanghai", "T+0, T+1 or T+2"},
          Row{"a,deal,USD,T+0,2026-02-30,16:30,Asia/Shanghai", "2026-02-30"},
          Row{"a,deal,USD,T+0,,25:00,Asia/Shanghai", "25:00"},
          Row{"a,deal,USD,T+0,,16:30,Asia/Peking", "Asia/Peking"}}) {
        const Result<CutOffs> read = CutOffs::parse(kHeading + std::string("# a comment\n") + row.line + "\n");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().english().find("line 3") != std::string::npos);
        CHECK_MESSAGE(read.error().english().find(row.why) != std::string::npos, read.error().english());
    }
    const std::string lone = "a,deal,USD,T+0,,16:30,Asia/Shanghai\na,deal,USD,T+1,2026-12-24,12:00,Asia/Shanghai\n";
    const Result<CutOffs> without_usual = CutOffs::parse(kHeading + lone);
    REQUIRE_FALSE(without_usual.ok());
    CHECK(without_usual.error().english().find("line 3") != std::string::npos);
    CHECK(CutOffs::parse(kHeading + lone + "a,deal,*,T+1,,15:00,Asia/Shanghai\n").ok());
    const std::string for_all = "a,deal,USD,T+0,,16:30,Asia/Shanghai\na,deal,*,T+0,2026-12-25,closed,Asia/Shanghai\n";
    REQUIRE(CutOffs::parse(kHeading + for_all).ok());
    CHECK(open_until(for_all, BankOperation::Deal, "USD", "2026-12-25T02:00:00Z") == "no more today");
    const std::string twice = "a,deal,USD,T+0,,16:30,Asia/Shanghai\na,deal,USD,T+0,,17:00,Asia/Shanghai\n";
    CHECK_FALSE(CutOffs::parse(kHeading + twice).ok());
}

TEST_CASE("the shipped table covers its banks for dealing and remitting") {
    const Result<CutOffs> shipped_table = CutOffs::parse(text_of("config/cut_offs.csv"));
    REQUIRE_MESSAGE(shipped_table.ok(), shipped_table.error().english());
    CHECK_FALSE(shipped_table->banks().empty());
    for (const std::string& bank : shipped_table->banks()) {
        for (const BankOperation operation : {BankOperation::Deal, BankOperation::Remit})
            CHECK_FALSE(shipped_table->of_day(bank, operation, Currency::known("USD"), Instant{}).empty());
    }
}
