// Locks and their ends as a person reads them: rows that tie, offers that can still be taken, reasons told once.

#include <doctest/doctest.h>

#include <sstream>

#include "src/app/desk_jobs.h"
#include "src/app/lock_commands.h"
#include "src/app/lock_end_tables.h"
#include "tests/support/readme_tables.h"

using namespace huiqiao;
using namespace huiqiao::app;
using namespace std::chrono_literals;

namespace {

const Currency kUsd = Currency::known("USD");
const Currency kCny = Currency::known("CNY");
const Instant kNow = *parse_rfc3339("2026-11-20T02:00:00Z");

Rate rate(const char* text) {
    return *Rate::parse(kUsd, kCny, 1, text);
}

Money cny(std::int64_t minor) {
    return Money::of_minor(kCny, minor);
}

api::LockSeen held(fx::LockState state, std::int64_t drawn_minor) {
    const fx::Lock lock{"fxl_1",
                        "quo_1",
                        "",
                        "north",
                        "R1",
                        "LK1",
                        rate("6.80844"),
                        fx::FixedSide::Cny,
                        cny(5'000'000),
                        *Date::parse("2026-11-24"),
                        kNow,
                        kNow + 79min + 5s,
                        state};
    const fx::HeldLock drawn{"fxl_1", "opr_1", "n-cny", "n-usd", cny(drawn_minor), cny(5'000'000 - drawn_minor), ""};
    return {.lock = lock, .held = drawn};
}

std::string listed(const api::LockSeen& seen) {
    std::ostringstream out;
    print_locks(std::span(&seen, 1), kNow, 5s, out);
    return out.str();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

fx::LockEnd roll(fx::LockEndState state) {
    fx::LockEnd end{.id = "lke_1",
                    .lock_id = "fxl_1",
                    .bank = "north",
                    .cny_account = "n-cny",
                    .way = fx::EndWay::Roll,
                    .is_look = false,
                    .amount = cny(5'000'000),
                    .state = state,
                    .maker = "opr_1",
                    .checker = "",
                    .reference = "R2",
                    .offer_reference = "LC1",
                    .bank_reference = "",
                    .cost = {cny(123), cny(0)},
                    .charged = {},
                    .why = "",
                    .settled_by = ""};
    end.from = fx::LockTerms{rate("7.10"), kNow + 1h, *Date::parse("2026-11-24")};
    end.to = fx::LockTerms{rate("7.11"), kNow + 24h, *Date::parse("2026-11-25")};
    end.asked_at = kNow;
    end.stands_until = kNow + 1min;
    return end;
}

LockEndsSeen seen_with(fx::LockState state, const fx::LockEnd& end) {
    LockEndsSeen seen{.lock = held(state, 0).lock, .choices = {flow::EndChoice{}}, .ends = {end}};
    seen.choices.push_back({.way = fx::EndWay::Roll, .why_not = {}, .latest = end});
    return seen;
}

std::string choices(const LockEndsSeen& seen) {
    std::ostringstream out;
    print_choices(seen, kNow, out);
    return out.str();
}

std::string asked(const LockEndsSeen& seen) {
    std::ostringstream out;
    print_asked(seen, out);
    return out.str();
}

}  // namespace

TEST_CASE("a price agreed on the telephone is open, whatever its lock is called, until it is dealt or lost") {
    api::LockSeen seen = held(fx::LockState::Unknown, 0);
    CHECK(has(listed(seen), "unknown"));
    seen.phone_deal_id = "phd_1";
    for (const fx::LockState open : {fx::LockState::Requested, fx::LockState::Unknown}) {
        seen.lock.state = open;
        CHECK(has(listed(seen), "open by telephone"));
    }
    seen.lock.state = fx::LockState::Used;
    CHECK(has(listed(seen), "used"));
}

TEST_CASE("a lock's row says what it is: free, drawn on, frozen, not promised yet, or over with what nobody drew") {
    const std::string free = listed(held(fx::LockState::Locked, 0));
    CHECK(has(free, "free to be drawn on"));
    CHECK_FALSE(has(free, "drawn on by purchases"));
    CHECK(has(free, "1 h 19 min"));
    CHECK(has(free, "Rate, CNY for one"));
    CHECK(has(free, "Purchase's state"));
    huiqiao::testing::check_readmes_show(free, "Rate, CNY for one");
    CHECK(has(listed(held(fx::LockState::Locked, 1'000'000)), "drawn on by purchases"));

    const std::string expired = listed(held(fx::LockState::Expired, 1'000'000));
    CHECK(has(expired, "CNY 50000.00  10000.00  0.00        40000.00"));  // amount, used, left, over
    CHECK(has(listed(held(fx::LockState::Ended, 0)), "nothing drawn"));

    api::LockSeen frozen = held(fx::LockState::Locked, 0);
    frozen.held->end_id = "lke_9";
    CHECK(has(listed(frozen), "frozen by lke_9"));

    for (const fx::LockState state : {fx::LockState::Requested, fx::LockState::Unknown}) {
        CHECK(has(listed(held(state, 0)), "not promised yet"));
        CHECK_FALSE(has(listed(held(state, 0)), "1 h 19 min"));
    }
}

TEST_CASE("time left is told in seconds up to two minutes, and in minutes and hours beyond") {
    CHECK(time_in_words(120s) == "120 s");
    CHECK(time_in_words(121s) == "2 min");
    CHECK(time_in_words(79min) == "1 h 19 min");
}

TEST_CASE(
    "an offer stands among the choices only while it can be taken; of a lock that is over none can be asked for") {
    const std::string priced = choices(seen_with(fx::LockState::Locked, roll(fx::LockEndState::Priced)));
    CHECK(has(priced, "1.23"));
    CHECK(has(priced, "7.11, 2026-11-21 10:00:00"));
    CHECK(count(priced, "  yes\n") == 2);
    const std::string done = choices(seen_with(fx::LockState::Locked, roll(fx::LockEndState::Done)));
    CHECK_FALSE(has(done, "1.23"));
    CHECK_FALSE(has(done, "7.11"));

    for (const fx::LockState state : {fx::LockState::Used, fx::LockState::Ended, fx::LockState::Expired}) {
        LockEndsSeen over = seen_with(state, roll(fx::LockEndState::Done));
        const Error why(flow::lock_end_error::kLockOver, {{"lock", "fxl_1"}, {"bank", "north"}, {"state", "used"}});
        over.choices.back().why_not = why;
        over.choices.push_back({.way = fx::EndWay::Cancel, .why_not = why, .latest = {}});
        const std::string text = choices(over);
        CHECK(count(text, "  yes\n") == 0);
        CHECK_FALSE(has(text, "may be drawn on"));
        CHECK(count(text, "there is nothing to end") == 1);  // one reason of two ways is told once
    }
}

TEST_CASE("the history of ends keeps what was offered apart from what was done, and names the reason") {
    fx::LockEnd done = roll(fx::LockEndState::Done);
    done.charged.we_get = cny(456);
    LockEndsSeen seen = seen_with(fx::LockState::Locked, done);
    CHECK(has(asked(seen), "4.56"));
    CHECK(has(asked(seen), "1.23"));           // what was confirmed stands beside what was done
    CHECK(count(asked(seen), "7.11, ") == 2);  // done as it was offered
    seen.done.emplace("lke_1", fx::LockTerms{rate("7.15"), kNow + 12h, *Date::parse("2026-11-25")});
    CHECK(count(asked(seen), "7.11, ") == 1);
    CHECK(count(asked(seen), "7.15, ") == 1);

    fx::LockEnd look = roll(fx::LockEndState::Priced);
    look.is_look = true;
    const LockEndsSeen looked = seen_with(fx::LockState::Locked, look);
    CHECK(has(asked(looked), "1.23"));
    CHECK(has(asked(looked), "priced, only looked at"));
    CHECK(has(choices(looked), "priced, only looked at"));

    fx::LockEnd refused = roll(fx::LockEndState::NotOffered);
    refused.why = "too late today";
    CHECK(has(asked(seen_with(fx::LockState::Locked, refused)), "too late today"));
}
