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
    /// a line "year,2026" before the heading says which years are covered. '#' begins a comment line. file: by which
    /// its errors name it.
    static Result<Calendar> parse(std::string_view csv, const std::string& file = "config/calendars");

    [[nodiscard]] bool covers(int year) const { return years_.contains(year); }
    /// kCalendarMissing where the year is not covered.
    [[nodiscard]] Result<bool> is_working_day(Date date) const;
    /// The first working day on or after the date.
    [[nodiscard]] Result<Date> on_or_after(Date date) const;
    /// count working days after the date (count >= 1).
    [[nodiscard]] Result<Date> after(Date date, int count) const;

 private:
    std::string file_;
    std::set<int> years_;
    std::map<Date, bool> exceptions_;  // true: works although it is a weekend
};

namespace base_error {
inline constexpr ErrorCode kCalendarMissing{
    "calendar_missing", ErrorGroup::Retry,
    "{file} has no days of {year}: nothing is dealt or paid for value in that year. Add the year to that file, then "
    "restart the service.",
    "{file} 缺少 {year} 年：不办理起息日在该年的购汇和付款。请在该文件中补充该年，再重启服务。"};
inline constexpr ErrorCode kBadCalendar{"bad_calendar", ErrorGroup::Syntax, "{file} is wrong in line {line}: {why}.",
                                        "{file} 第 {line} 行有误：{why}。"};
}  // namespace base_error

}  // namespace huiqiao
