#include "src/flow/watch_calendars.h"

#include "src/flow/tell.h"

namespace huiqiao::flow {

namespace {

constexpr unsigned kAlarmMonth = 11;
constexpr Watched kWatched{kCalendarYear, "The calendar has the year, or the currency is in use no more."};

/// The year that is looked for on that date: the next one from November on.
int year_wanted(Date today) {
    const std::chrono::year_month_day day(today.days());
    return today.year() + (static_cast<unsigned>(day.month()) >= kAlarmMonth ? 1 : 0);
}

operators::NewWorkItem matter(const std::string& currency, int year) {
    const std::string number = std::to_string(year);
    return {std::string(kCalendarYear), "currency", currency,
            "config/calendars/" + currency + ".csv has no days of " + number +
                ": nothing will be dealt or remitted in " + currency +
                " for value in that year. Add the year's holidays, then restart the service.",
            "config/calendars/" + currency + ".csv 缺少 " + number + " 年：起息日在该年的 " + currency +
                " 购汇和付款都不会进行。请补充该年节假日并重启服务。"};
}

}  // namespace

WatchCalendars::WatchCalendars(db::Database& database, db::WriteQueue& queue, const fx::ValueDates& value_dates,
                               std::set<std::string> currencies)
    : database_(database),
      queue_(queue),
      value_dates_(value_dates),
      currencies_(std::move(currencies)),
      tell_(std::make_unique<Tell>(kWatched, "watch_calendars")) {}

WatchCalendars::~WatchCalendars() = default;

int WatchCalendars::step(Instant now) {
    if (now >= looked_at_ && now < looked_at_ + kEvery) return 0;  // a clock that was set back: looks again
    looked_at_ = now;
    const Date today = Date::in_shanghai(now);
    const auto item = std::make_shared<Tidings>();
    database_.read([&](db::Reader& reader) {
        *item = Tidings{};
        auto told = work_items_.open_of(reader, kCalendarYear);
        for (const std::string& currency : currencies_) {
            const int year = value_dates_.covers(currency, today.year()) ? year_wanted(today) : today.year();
            const bool is_there = value_dates_.covers(currency, year);
            const bool is_told = told.erase(currency) > 0;
            if (is_there && is_told) item->over.push_back(currency);
            if (!is_there && !is_told) item->opened.push_back(matter(currency, year));
        }
        item->end(told);  // in use no more
    });
    // What could not be written now is found again by the next look.
    if (item->size() == 0 || !queue_.run(*tell_, item)) return 0;
    return item->size();
}

}  // namespace huiqiao::flow
