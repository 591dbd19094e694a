#pragma once
// Tells a person in time that a currency's calendar has no days of the next year (from 1 November on), or none of this
// one: nothing is dealt or remitted in it then (CLK-05). One work item a currency, closed when the year is there after
// a restart. It decides nothing: who needs a day asks the calendar and gets the error.

#include <set>
#include <string>

#include "fx/value_date.h"
#include "src/db/write_queue.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

inline constexpr std::string_view kCalendarYear = "calendar_year_missing";  // subject: the currency

class WatchCalendars {
 public:
    static constexpr std::chrono::hours kEvery{1};

    /// currencies: codes of those in use. The references must outlive it.
    WatchCalendars(db::Database& database, db::WriteQueue& queue, const fx::ValueDates& value_dates,
                   std::set<std::string> currencies);
    ~WatchCalendars();

    /// Looks once an hour. How many work items were opened or closed.
    int step(Instant now);

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    const fx::ValueDates& value_dates_;
    const std::set<std::string> currencies_;
    operators::WorkItems work_items_;
    std::unique_ptr<db::Operation> tell_;
    Instant looked_at_{};
};

}  // namespace huiqiao::flow
