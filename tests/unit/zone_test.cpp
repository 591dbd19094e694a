#include "src/base/zone.h"

#include <doctest/doctest.h>

using namespace huiqiao;

namespace {

std::string at(const char* zone, const char* date, const char* time) {
    return rfc3339(Zone::named(zone)->at(*Date::parse(date), *WallTime::parse(time)));
}

}  // namespace

TEST_CASE("CLK-03 a bank's time is told by its own named zone, winter and summer") {
    CHECK(at("Asia/Shanghai", "2026-11-20", "16:30") == "2026-11-20T08:30:00.000Z");
    CHECK(at("Europe/London", "2026-01-15", "15:00") == "2026-01-15T15:00:00.000Z");
    CHECK(at("Europe/London", "2026-07-15", "15:00") == "2026-07-15T14:00:00.000Z");
    CHECK(at("America/New_York", "2026-07-15", "17:00") == "2026-07-15T21:00:00.000Z");
    CHECK(at("Australia/Sydney", "2026-01-15", "10:00") == "2026-01-14T23:00:00.000Z");
    const Zone london = *Zone::named("Europe/London");
    CHECK(london.date_at(*parse_rfc3339("2026-07-15T23:30:00Z")).text() == "2026-07-16");
    CHECK(london.time_at(*parse_rfc3339("2026-07-15T23:30:00Z")).text() == "00:30");
    CHECK(Zone::database_release().size() >= 5);
}

TEST_CASE("CLK-03 Shanghai by name and the house's own Shanghai are the same hours since its last summer time") {
    const Zone shanghai = *Zone::named("Asia/Shanghai");
    for (Date day = *Date::parse("1992-01-01"); day < *Date::parse("2040-01-01"); day = day.plus_days(37))
        REQUIRE(shanghai.at(day, {9, 30}) == day.at_shanghai(9, 30));
}

TEST_CASE("CLK-04 an hour that the clocks pass over is the change itself, one that they show twice is its first") {
    CHECK(at("America/New_York", "2026-03-08", "02:30") == "2026-03-08T07:00:00.000Z");  // 02:00 becomes 03:00
    CHECK(at("America/New_York", "2026-11-01", "01:30") == "2026-11-01T05:30:00.000Z");  // again at 06:30 UTC
    CHECK(at("Europe/London", "2026-03-29", "01:30") == "2026-03-29T01:00:00.000Z");
    CHECK(at("Europe/London", "2026-10-25", "01:30") == "2026-10-25T00:30:00.000Z");
    CHECK(at("Europe/Berlin", "2026-03-29", "02:15") == "2026-03-29T01:00:00.000Z");
    CHECK(at("Europe/Berlin", "2026-10-25", "02:15") == "2026-10-25T00:15:00.000Z");
    CHECK(at("Australia/Sydney", "2026-10-04", "02:30") == "2026-10-03T16:00:00.000Z");
    CHECK(at("Australia/Sydney", "2026-04-05", "02:30") == "2026-04-04T15:30:00.000Z");
}

TEST_CASE("what is no zone and no time on a wall is refused") {
    for (const char* zone : {"", "Shanghai", "asia/shanghai", "UTC+8", "../../etc/passwd", "Asia/Shanghai\n"})
        CHECK_MESSAGE(!Zone::named(zone).ok(), zone);
    for (const char* time : {"", "24:00", "23:60", "9:30", "09:3", "09.30", " 09:30", "09:30 ", "-1:00", "１６:30"})
        CHECK_MESSAGE(!WallTime::parse(time).ok(), time);
    CHECK(WallTime::parse("00:00")->text() == "00:00");
    CHECK(WallTime::parse("23:59")->text() == "23:59");
    CHECK_THROWS_AS(WallTime(24, 0), LogicError);
}
