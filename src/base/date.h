#pragma once
// Instants and dates. An instant is UTC to the microsecond; a date has no zone of its own and says nothing about
// an hour. Business dates are dates in Asia/Shanghai, which is UTC+8 all year (no summer time since 1991).

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/result.h"

namespace huiqiao {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

class Date {
 public:
    Date() = default;
    explicit constexpr Date(std::chrono::sys_days days) : days_(days) {}

    /// "2026-11-20". A day that the calendar does not have, or years outside 1900 to 2200, are refused.
    static Result<Date> parse(std::string_view iso);
    /// 20261120, as the database keeps it; LogicError where it is no date.
    static Date of_number(std::int64_t yyyymmdd);
    /// The date in Shanghai at that instant.
    static Date in_shanghai(Instant instant);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t number() const;
    [[nodiscard]] std::chrono::sys_days days() const { return days_; }
    [[nodiscard]] int year() const;
    [[nodiscard]] bool is_weekend() const;
    [[nodiscard]] Date plus_days(int days) const { return Date(days_ + std::chrono::days(days)); }
    /// The instant of hour:minute of this day in Shanghai.
    [[nodiscard]] Instant at_shanghai(int hour, int minute = 0, int second = 0) const;

    auto operator<=>(const Date&) const = default;

 private:
    std::chrono::sys_days days_{};
};

/// Microseconds since 1970 UTC, as the database keeps an instant.
constexpr std::int64_t to_us(Instant instant) {
    return instant.time_since_epoch().count();
}
constexpr Instant from_us(std::int64_t us) {
    return Instant(std::chrono::microseconds(us));
}

/// RFC 3339 in UTC with milliseconds: "2026-11-20T06:12:01.123Z".
std::string rfc3339(Instant instant);
/// Reads RFC 3339 with "Z" or an offset, seconds required, up to microseconds.
Result<Instant> parse_rfc3339(std::string_view text);
/// "yyyyMMddHHmmss" of the wall clock in Shanghai, as customs and channels write it.
std::string shanghai_14(Instant instant);
Result<Instant> parse_shanghai_14(std::string_view text);

namespace base_error {
inline constexpr ErrorCode kBadDate{"bad_date", ErrorGroup::Syntax, "'{text}' is not a date of the form 2026-11-20.",
                                    "“{text}”不是 2026-11-20 形式的日期。"};
inline constexpr ErrorCode kBadInstant{"bad_time", ErrorGroup::Syntax,
                                       "'{text}' is not a time of the form 2026-11-20T06:12:01Z.",
                                       "“{text}”不是 2026-11-20T06:12:01Z 形式的时间。"};
}  // namespace base_error

}  // namespace huiqiao
