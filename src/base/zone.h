#pragma once
// Named time zones with their summer time, from the system's tz database. Business dates are Shanghai's and need none
// of this (date.h); a bank's cut-off stands on its own wall. Invariant: a wall time that the clocks there pass over, or
// show twice, is the earlier instant that can be meant: the change itself, or the first of the two (CLK-04).

#include <string>
#include <string_view>

#include "src/base/date.h"

namespace huiqiao {

/// A time on a wall, without a date: minutes since midnight.
class WallTime {
 public:
    WallTime() = default;
    /// LogicError outside 00:00 to 23:59.
    WallTime(int hour, int minute);
    /// "16:30".
    static Result<WallTime> parse(std::string_view text);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::chrono::minutes since_midnight() const { return since_midnight_; }
    auto operator<=>(const WallTime&) const = default;

 private:
    std::chrono::minutes since_midnight_{0};
};

class Zone {
 public:
    /// "Asia/Shanghai", "America/New_York". kUnknownZone where the system's database has no such name.
    static Result<Zone> named(std::string_view name);
    /// The release of the tz database that is in use, "2026a": kept with what was decided by it.
    static std::string database_release();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Instant at(Date date, WallTime time) const;
    [[nodiscard]] Date date_at(Instant instant) const;
    [[nodiscard]] WallTime time_at(Instant instant) const;

 private:
    Zone(std::string name, const void* rules) : name_(std::move(name)), rules_(rules) {}
    std::string name_;
    const void* rules_;  // the tz library's own, for the life of the process
};

namespace base_error {
inline constexpr ErrorCode kUnknownZone{"unknown_time_zone", ErrorGroup::Syntax,
                                        "'{zone}' is no time zone of this system's tz database. Write it like "
                                        "Asia/Shanghai.",
                                        "本机时区数据库中没有“{zone}”。请写成 Asia/Shanghai 的形式。"};
inline constexpr ErrorCode kBadWallTime{"bad_wall_time", ErrorGroup::Syntax, "'{text}' is no time of the form 16:30.",
                                        "“{text}”不是 16:30 形式的时间。"};
}  // namespace base_error

}  // namespace huiqiao
