#include "src/base/zone.h"

#include <date/tz.h>

namespace huiqiao {

namespace {

constexpr int kMinutesOfDay = 24 * 60;

const date::time_zone& rules_of(const void* rules) {
    return *static_cast<const date::time_zone*>(rules);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

WallTime::WallTime(int hour, int minute) : since_midnight_(hour * 60 + minute) {
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) throw LogicError("no wall shows such a time");
}

Result<WallTime> WallTime::parse(std::string_view text) {
    const bool is_shaped = text.size() == 5 && is_digit(text[0]) && is_digit(text[1]) && text[2] == ':' &&
                           is_digit(text[3]) && is_digit(text[4]);
    const int hour = is_shaped ? (text[0] - '0') * 10 + (text[1] - '0') : 24;
    const int minute = is_shaped ? (text[3] - '0') * 10 + (text[4] - '0') : 60;
    if (hour > 23 || minute > 59) return Error(base_error::kBadWallTime, {{"text", std::string(text)}});
    return WallTime(hour, minute);
}

std::string WallTime::text() const {
    const auto minutes = static_cast<int>(since_midnight_.count());
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return two(minutes / 60) + ":" + two(minutes % 60);
}

Result<Zone> Zone::named(std::string_view name) {
    try {
        return Zone(std::string(name), date::locate_zone(std::string(name)));
    } catch (const std::runtime_error&) {
        return Error(base_error::kUnknownZone, {{"zone", std::string(name)}});
    }
}

std::string Zone::database_release() {
    return date::get_tzdb().version;
}

Instant Zone::at(Date date, WallTime time) const {
    const date::local_time<std::chrono::microseconds> wall(date.days().time_since_epoch() + time.since_midnight());
    return rules_of(rules_).to_sys(wall, date::choose::earliest);
}

Date Zone::date_at(Instant instant) const {
    const auto wall = rules_of(rules_).to_local(instant);
    return Date(std::chrono::sys_days(date::floor<date::days>(wall).time_since_epoch()));
}

WallTime Zone::time_at(Instant instant) const {
    const auto wall = rules_of(rules_).to_local(instant);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(wall - date::floor<date::days>(wall)).count();
    return {static_cast<int>(minutes % kMinutesOfDay / 60), static_cast<int>(minutes % 60)};
}

}  // namespace huiqiao
