// A seed is a whole run: a hundred orders from the platforms' signed batches to the payees' money, twice, byte for
// byte.

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr std::size_t kOrders = 100;
constexpr int kDays = 3;

struct Run {
    std::string trace;
    std::string rows;
};

/// Some of what a day brings, so that the odd paths are in the run too.
void trouble(TestDesk& desk) {
    desk.fault("sandbox-pay", R"({"fault":"timeout_after_effect","count":2})");
    desk.fault("sandbox-pay", R"({"fault":"notice_twice","count":3})");
    desk.fault("sandbox-pay", R"({"fault":"notice_lost","count":2})");
    desk.fault("sandbox-pay", R"({"fault":"notice_late","count":2,"with":{"delay_s":"1200"}})");
    desk.fault("sandbox-bank", R"({"fault":"timeout_after_effect","count":2})");
}

Run run(std::uint64_t seed) {
    DeskSettings settings;
    settings.seed = seed;
    settings.keep_trace = true;
    TestDesk desk(settings);
    trouble(desk);
    desk.submit(mixed_sample(kOrders));
    desk.live_days(kDays);
    desk.check_all_done();
    desk.check_books();
    CHECK(desk.number("SELECT COUNT(*) FROM orders") == kOrders);
    return {desk.trace(), desk.all_rows()};
}

/// Where two texts part, with a little of both around it.
std::string difference(const std::string& a, const std::string& b) {
    const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    const auto place = static_cast<std::size_t>(at_a - a.begin());
    const std::size_t from = place < 200 ? 0 : place - 200;
    return "at byte " + std::to_string(place) + "\n" + a.substr(from, 500) + "\n--- the other:\n" + b.substr(from, 500);
}

}  // namespace

TEST_CASE("a hundred orders run twice with one seed leave the same trace and the same rows, byte for byte") {
    const Run first = run(7);
    const Run second = run(7);
    const bool same_trace = first.trace == second.trace;
    if (!same_trace) FAIL_CHECK(difference(first.trace, second.trace));
    const bool same_rows = first.rows == second.rows;
    if (!same_rows) FAIL_CHECK(difference(first.rows, second.rows));
    MESSAGE("calls, answers, changes and entries: " << first.trace.size() << " bytes; rows: " << first.rows.size());

    const Run other = run(8);
    const bool other_is_other = other.trace != first.trace;
    CHECK(other_is_other);
}
