#include "fx/value_date.h"

#include <algorithm>

namespace huiqiao::fx {

Result<bool> ValueDates::is_open(Currency currency, Date date) const {
    const auto calendar = calendars_.find(currency.code());
    if (calendar == calendars_.end()) {
        return Error(base_error::kCalendarMissing,
                     {{"file", "config/calendars/" + std::string(currency.code()) + ".csv"},
                      {"year", std::to_string(date.year())}});
    }
    const Result<bool> works = calendar->second.is_working_day(date);
    if (!works) return works.error();
    // Make-up weekend days are no value dates of a pair, whatever the calendar of one side says.
    return *works && !date.is_weekend();
}

bool ValueDates::covers(const std::string& currency, int year) const {
    const auto calendar = calendars_.find(currency);
    return calendar != calendars_.end() && calendar->second.covers(year);
}

Result<bool> ValueDates::may_deal(Date date) const {
    return is_open(Currency::known("CNY"), date);
}

Result<Date> ValueDates::next_working_day(Date date) const {
    const auto calendar = calendars_.find("CNY");
    if (calendar == calendars_.end()) {
        return Error(base_error::kCalendarMissing,
                     {{"file", "config/calendars/CNY.csv"}, {"year", std::to_string(date.year())}});
    }
    return calendar->second.after(date, 1);
}

Result<Date> ValueDates::forward(Currency base, Currency quote, Date date, bool and_usd) const {
    for (;; date = date.plus_days(1)) {
        const Result<bool> base_open = is_open(base, date);
        if (!base_open) return base_open.error();
        const Result<bool> quote_open = is_open(quote, date);
        if (!quote_open) return quote_open.error();
        const Result<bool> usd_open = and_usd ? is_open(Currency::known("USD"), date) : Result<bool>(true);
        if (!usd_open) return usd_open.error();
        if (*base_open && *quote_open && *usd_open) return date;
    }
}

/// The date after so many steps of one currency alone. On the first of several steps US holidays are passed over: USD
/// needs to be open on the last day only.
Result<Date> ValueDates::step(Currency currency, Date date, int steps) const {
    for (int at = 1; at <= steps; ++at) {
        const bool only_weekdays = currency.code() == "USD" && at == 1;
        for (;;) {
            date = date.plus_days(1);
            const Result<bool> open = only_weekdays ? Result<bool>(!date.is_weekend()) : is_open(currency, date);
            if (!open) return open.error();
            if (*open) break;
        }
    }
    return date;
}

Result<Date> ValueDates::value_date(Currency base, Currency quote, Date trade_date, Tenor tenor) const {
    const Result<Date> start = forward(base, quote, trade_date, false);
    if (!start || tenor == Tenor::Today) return start;
    const int steps = tenor == Tenor::Tomorrow ? 1 : 2;
    const Result<Date> of_base = step(base, *start, steps);
    if (!of_base) return of_base;
    const Result<Date> of_quote = step(quote, *start, steps);
    if (!of_quote) return of_quote;
    const bool is_cross = base.code() != "USD" && quote.code() != "USD";
    return forward(base, quote, std::max(*of_base, *of_quote), is_cross && tenor == Tenor::Spot);
}

}  // namespace huiqiao::fx
