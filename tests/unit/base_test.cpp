#include <doctest/doctest.h>

#include <set>

#include "src/base/calendar.h"
#include "src/base/earliest_id.h"
#include "src/base/encoding.h"
#include "src/base/id.h"
#include "src/base/lines.h"
#include "src/base/money.h"

using namespace huiqiao;

TEST_CASE("an instant is written in UTC and read back, and Shanghai is eight hours ahead") {
    const Instant at = parse_rfc3339("2026-11-20T17:30:00.250+01:00").value();
    CHECK(rfc3339(at) == "2026-11-20T16:30:00.250Z");
    CHECK(Date::in_shanghai(at).text() == "2026-11-21");
    CHECK(shanghai_14(at) == "20261121003000");
    CHECK(parse_shanghai_14("20261121003000").value() == at - std::chrono::milliseconds(250));
    CHECK(Date::of_number(20261121).at_shanghai(0, 30) == at - std::chrono::milliseconds(250));
    for (const char* text : {"2026-11-20", "2026-11-20T16:30:00", "2026-11-20 16:30:00Z", "2026-02-30T00:00:00Z",
                             "2026-11-20T24:00:00Z", "2026-11-20T16:30:00.Z", "2026-11-20T16:30:00.1234567Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rfc3339(text).ok());
    }
    CHECK_FALSE(Date::parse("2026-13-01").ok());
    CHECK_FALSE(Date::parse("2027-02-29").ok());
    CHECK_THROWS_AS((void)Date::of_number(20260230), LogicError);
}

TEST_CASE("a stretch of time is a stretch of ids") {
    const Instant noon = Date::of_number(20261120).at_shanghai(12);
    ManualClock clock(noon);
    SeededRandom random(2);
    IdSource ids(clock, random);
    const std::string at_noon = ids.next("pay");
    clock.advance(std::chrono::milliseconds(1));
    const std::string later = ids.next("pay");
    CHECK(earliest_id("pay", noon).size() == at_noon.size());
    CHECK(earliest_id("pay", noon) <= at_noon);
    CHECK(at_noon < earliest_id("pay", noon + std::chrono::milliseconds(1)));
    CHECK(earliest_id("pay", noon + std::chrono::milliseconds(1)) <= later);
}

TEST_CASE("ids made in one millisecond still rise, and are never the same") {
    ManualClock clock(Date::of_number(20261120).at_shanghai(9));
    SeededRandom random(1);
    IdSource ids(clock, random);
    std::string last;
    for (int i = 0; i < 10'000; ++i) {
        if (i % 100 == 0) clock.advance(std::chrono::microseconds(300));
        const std::string id = ids.next("ord");
        REQUIRE(id.size() == 30);
        REQUIRE(id > last);
        last = id;
    }
    std::set<std::string> references;
    for (int i = 0; i < 10'000; ++i) references.insert(ids.random_reference("HQ"));
    CHECK(references.size() == 10'000);
    const std::string uuid = ids.uuid();
    CHECK(uuid.size() == 36);
    CHECK(uuid[14] == '4');
}

TEST_CASE("a year that a calendar does not cover is an error, never a working day") {
    const Calendar calendar =
        Calendar::parse(
            "# test\nyear,2026\ndate,kind,name\n2026-10-01,holiday,National Day\n2026-10-10,working,make-up\n")
            .value();
    CHECK_FALSE(calendar.is_working_day(Date::of_number(20261001)).value());
    CHECK(calendar.is_working_day(Date::of_number(20261010)).value());
    CHECK_FALSE(calendar.is_working_day(Date::of_number(20261011)).value());
    CHECK(calendar.on_or_after(Date::of_number(20261001)).value().number() == 20261002);
    CHECK(calendar.after(Date::of_number(20260930), 2).value().number() == 20261005);
    CHECK_FALSE(calendar.is_working_day(Date::of_number(20270104)).ok());
    CHECK_FALSE(calendar.after(Date::of_number(20261231), 1).ok());
    CHECK_FALSE(Calendar::parse("date,kind,name\n2026-10-01,feast,x\n").ok());
    CHECK_FALSE(Calendar::parse("date,kind,name\n2026-10-01,holiday,x\n2026-10-01,working,x\n").ok());
}

TEST_CASE("a calendar's errors name its file, the year that is missing and the line that is wrong") {
    const char* const file = "config/calendars/EUR.csv";
    const auto missing = Calendar::parse("year,2026\n", file).value().is_working_day(Date::of_number(20270104));
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().english().starts_with("config/calendars/EUR.csv has no days of 2027"));
    CHECK(missing.error().chinese().starts_with("config/calendars/EUR.csv 缺少 2027 年"));
    const auto bad = Calendar::parse("year,2026\n2026-13-01,holiday,x\n", file);
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().english().starts_with("config/calendars/EUR.csv is wrong in line 2"));
}

TEST_CASE("a text's lines come with their numbers, without their ends, and none behind the last end") {
    std::string seen;
    for (Lines lines("a\r\n\nb"); lines.next();)
        seen += std::to_string(lines.number()) + "[" + std::string(lines.line()) + "]";
    CHECK(seen == "1[a]2[]3[b]");
    Lines ended("a\n");
    CHECK(ended.next());
    CHECK_FALSE(ended.next());
    CHECK_FALSE(Lines("").next());
}

TEST_CASE("decoding accepts only what encoding writes") {
    SeededRandom random(5);
    for (std::size_t size = 0; size < 100; ++size) {
        Bytes bytes(size);
        random.fill(bytes);
        REQUIRE(from_hex(hex(bytes)) == bytes);
        REQUIRE(from_base64(base64(bytes)) == bytes);
        REQUIRE(from_base64url(base64url(bytes)) == bytes);
    }
    for (const char* text : {"A", "AA", "AA=", "AA==A", "A===", "AB==", "AA= =", "A-==", "AAA=\n"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text).has_value());
    }
    CHECK_FALSE(from_base64url("AA==").has_value());
    CHECK_FALSE(from_hex("0").has_value());
    CHECK_FALSE(from_hex("0G").has_value());
    CHECK_FALSE(from_hex("AB").has_value());
}

TEST_CASE("random numbers below a bound reach every value and never the bound") {
    SeededRandom random(9);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.below(7));
    CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("a sentence that is filled in at the end of another brings no second full stop") {
    constexpr ErrorCode kOuter{"outer", ErrorGroup::Rule, "The setting is wrong: {why}.", "设置有误：{why_zh}。"};
    const Error whole(kOuter, {{"why", "'X' is no date."}, {"why_zh", "“X”不是日期。"}});
    CHECK(whole.english() == "The setting is wrong: 'X' is no date.");
    CHECK(whole.chinese() == "设置有误：“X”不是日期。");
    const Error part(kOuter, {{"why", "no date"}, {"why_zh", "不是日期"}});
    CHECK(part.english() == "The setting is wrong: no date.");
    CHECK(part.chinese() == "设置有误：不是日期。");
    CHECK(Error(kOuter, {{"why", "of 1.5"}, {"why_zh", ""}}).english() == "The setting is wrong: of 1.5.");
}

TEST_CASE("an error says its numbers in both languages") {
    const Error error = Money::parse(Currency::known("JPY"), "1.5").error();
    CHECK(error.english() ==
          "'1.5' is not an amount in JPY: write digits with at most 0 decimals, such as \"123456\".");
    CHECK(error.chinese().find("“1.5”") != std::string::npos);
    CHECK(error.effect == Effect::None);
}
