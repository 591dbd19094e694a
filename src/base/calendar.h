#pragma once
// Which days a currency's banks work, from data files (config/calendars/<currency>.csv). A year that the file does
// not cover is an error, never a working day. Cut-off hours and value-date conventions are not here.

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "src/base/currency.h"
#include "src/base/date.h"

namespace huiqiao {

class Calendar {
 public:
    /// Lines "date,kind,name" with that heading: kind "holiday" or "working" (a make-up working weekend day);
    /// a line "year,2026" before the heading says which years are covered. '#' begins a comment line.
    static Result<Calendar> parse(std::string_view csv);

    [[nodiscard]] bool covers(int year) const { return years_.contains(year); }
    /// kCalendarMissing where the year is not covered.
    [[nodiscard]] Result<bool> is_working_day(Date date) const;
    /// The first working day on or after the date.
    [[nodiscard]] Result<Date> on_or_after(Date date) const;
    /// count working days after the date (count >= 1).
    [[nodiscard]] Result<Date> after(Date date, int count) const;

 private:
    std::set<int> years_;
    std::map<Date, bool> exceptions_;  // true: works although it is a weekend
};

namespace base_error {
inline constexpr ErrorCode kCalendarMissing{"calendar_missing", ErrorGroup::Retry,
                                            "The calendar has no days of {year}. Add that year to config/calendars.",
                                            "日历缺少 {year} 年，请在 config/calendars 中补充。"};
inline constexpr ErrorCode kBadCalendar{"bad_calendar", ErrorGroup::Syntax,
                                        "The calendar is wrong in line {line}: {why}.",
                                        "日历第 {line} 行有误：{why}。"};
}  // namespace base_error

}  // namespace huiqiao
