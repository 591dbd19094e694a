#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "fx/value_date.h"

using namespace huiqiao;
using namespace huiqiao::fx;

namespace {

Calendar calendar(const std::string& code) {
    std::ifstream file(std::string("config/calendars/") + code + ".csv");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto read = Calendar::parse(text);
    REQUIRE_MESSAGE(read.ok(), code);
    return *read;
}

const ValueDates& shipped() {
    static const ValueDates kDates = [] {
        std::map<std::string, Calendar, std::less<>> calendars;
        for (const char* code : {"CNY", "USD", "EUR", "HKD", "GBP", "JPY", "KWD"})
            calendars.emplace(code, calendar(code));
        return ValueDates(std::move(calendars));
    }();
    return kDates;
}

std::string date(std::string_view base, std::string_view trade, Tenor tenor) {
    const auto read = shipped().value_date(Currency::known(base), Currency::known("CNY"), *Date::parse(trade), tenor);
    return read ? read->text() : std::string(read.error().code->text);
}

}  // namespace

TEST_CASE("value dates of USD/CNY over the holidays of both are those of reference 7.3") {
    struct Row {
        const char* trade;
        const char* today;
        const char* tomorrow;
        const char* spot;
    };
    for (const Row& row : {Row{"2026-02-12", "2026-02-12", "2026-02-13", "2026-02-24"},
                           Row{"2026-02-13", "2026-02-13", "2026-02-24", "2026-02-25"},
                           Row{"2026-09-30", "2026-09-30", "2026-10-08", "2026-10-09"},
                           Row{"2026-11-20", "2026-11-20", "2026-11-23", "2026-11-24"},
                           Row{"2026-11-24", "2026-11-24", "2026-11-25", "2026-11-27"},
                           Row{"2026-11-25", "2026-11-25", "2026-11-27", "2026-11-27"}}) {
        CAPTURE(row.trade);
        CHECK(date("USD", row.trade, Tenor::Today) == row.today);
        CHECK(date("USD", row.trade, Tenor::Tomorrow) == row.tomorrow);
        CHECK(date("USD", row.trade, Tenor::Spot) == row.spot);
    }
}

TEST_CASE("the published vectors of USD/EUR and crosses come out of the algorithm") {
    std::map<std::string, Calendar, std::less<>> calendars;
    const auto year = [](const std::string& holidays) {
        return *Calendar::parse("year,2006\nyear,2014\ndate,kind,name\n" + holidays);
    };
    calendars.emplace("USD", year("2006-07-04,holiday,x\n"));
    calendars.emplace("EUR", year(""));
    calendars.emplace("GBP", year(""));
    const ValueDates dates(std::move(calendars));
    const auto spot = [&](const char* base, const char* quote, const char* trade) {
        return dates.value_date(Currency::known(base), Currency::known(quote), *Date::parse(trade), Tenor::Spot)
            ->text();
    };
    CHECK(spot("USD", "EUR", "2006-06-30") == "2006-07-05");
    CHECK(spot("USD", "EUR", "2006-07-01") == "2006-07-05");
    CHECK(spot("USD", "EUR", "2006-07-03") == "2006-07-05");
    CHECK(spot("USD", "EUR", "2006-07-04") == "2006-07-07");
    CHECK(spot("EUR", "GBP", "2006-06-30") == "2006-07-05");
    CHECK(spot("EUR", "USD", "2014-06-26") == "2014-06-30");
    CHECK(spot("USD", "EUR", "2006-08-04") == "2006-08-08");
}

TEST_CASE("a Chinese desk deals while New York is closed, but the money counts on the next day open in both") {
    CHECK(*shipped().may_deal(*Date::parse("2026-10-12")));
    CHECK(date("USD", "2026-10-12", Tenor::Today) == "2026-10-13");
}

TEST_CASE("a make-up working Saturday is no dealing day and no value date") {
    CHECK_FALSE(*shipped().may_deal(*Date::parse("2026-02-28")));
    CHECK_FALSE(*shipped().may_deal(*Date::parse("2026-10-10")));
    CHECK(date("USD", "2026-02-27", Tenor::Tomorrow) == "2026-03-02");
}

TEST_CASE("Kuwait rests on Friday, Tokyo on the last day of the year") {
    CHECK(date("KWD", "2026-11-20", Tenor::Today) == "2026-11-23");
    CHECK(date("JPY", "2026-12-31", Tenor::Today) == "calendar_missing");  // CNY's year 2027 is not published yet
    CHECK(date("JPY", "2026-11-23", Tenor::Today) == "2026-11-24");
    CHECK(date("EUR", "2026-04-03", Tenor::Today) == "2026-04-07");
    CHECK(date("GBP", "2026-08-31", Tenor::Today) == "2026-09-01");
    CHECK(date("HKD", "2026-07-01", Tenor::Today) == "2026-07-02");
}
