#pragma once
// When a deal's money counts (reference 7.3): T+0, T+1, T+2 over the calendars of both currencies. A Chinese make-up
// weekend day is a working day for CNY alone, but no value date of a pair with a foreign currency (reference 7.4).
// Whether a desk deals today is the CNY calendar's; our value date is an estimate until the bank confirms its own.

#include <map>
#include <string>
#include <vector>

#include "src/base/calendar.h"

namespace huiqiao::fx {

enum class Tenor { Today, Tomorrow, Spot };

class ValueDates {
 public:
    /// Calendars by currency code.
    explicit ValueDates(std::map<std::string, Calendar, std::less<>> calendars) : calendars_(std::move(calendars)) {}

    /// kCalendarMissing where a year, or the currency's whole calendar, is not there.
    [[nodiscard]] Result<Date> value_date(Currency base, Currency quote, Date trade_date, Tenor tenor) const;
    /// The CNY desk deals on a CNY working weekday, also where the foreign centre is closed.
    [[nodiscard]] Result<bool> may_deal(Date date) const;
    /// The first CNY working day after it, make-up days included.
    [[nodiscard]] Result<Date> next_working_day(Date date) const;
    /// Open for money of this currency: a weekday that is no holiday there.
    [[nodiscard]] Result<bool> is_open(Currency currency, Date date) const;
    [[nodiscard]] bool covers(const std::string& currency, int year) const;

 private:
    [[nodiscard]] Result<Date> forward(Currency base, Currency quote, Date date, bool and_usd) const;
    [[nodiscard]] Result<Date> step(Currency currency, Date date, int steps) const;

    std::map<std::string, Calendar, std::less<>> calendars_;
};

}  // namespace huiqiao::fx
