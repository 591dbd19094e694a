#include "src/events/delivery_schedule.h"

#include <array>

#include "src/base/error.h"

namespace huiqiao::events {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Behind the first try and each of the fourteen that follow it: 24 h 4 min in all.
constexpr std::array<seconds, 15> kPauses{seconds(15), seconds(15), seconds(30), minutes(3),  minutes(10),
                                          minutes(20), minutes(30), minutes(30), minutes(30), minutes(60),
                                          hours(3),    hours(3),    hours(3),    hours(6),    hours(6)};
constexpr seconds kTwiceADay = hours(12);
constexpr seconds kGivenUpAfter = hours(72);

}  // namespace

std::optional<Instant> next_try(int attempts, Instant created_at, Instant now) {
    if (attempts < 1) throw LogicError("a webhook is tried again before its first try");
    const auto done = static_cast<std::size_t>(attempts);
    const seconds pause = done <= kPauses.size() ? kPauses[done - 1] : kTwiceADay;
    const Instant next = now + pause;
    if (next > created_at + kGivenUpAfter) return std::nullopt;
    return next;
}

}  // namespace huiqiao::events
