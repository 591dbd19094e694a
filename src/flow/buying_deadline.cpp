#include "src/flow/buying_deadline.h"

#include <algorithm>

namespace huiqiao::flow {

namespace {

/// The last at which one of the banks still deals within a day in Shanghai, for whatever value date. West of it such a
/// day is the end of one of the bank's dates and the beginning of the next.
Result<std::optional<Instant>> last_cut_off(const fx::ValueDates& value_dates, const fx::CutOffs& cut_offs,
                                            std::span<const std::string> banks, Currency currency, Date day) {
    const Instant begins = day.at_shanghai(0);
    const Instant ends = day.plus_days(1).at_shanghai(0);
    std::optional<Instant> last;
    for (const std::string& bank : banks) {
        for (const Instant within : {begins, ends - std::chrono::microseconds(1)}) {
            for (const fx::CutOff* line : cut_offs.of_day(bank, fx::BankOperation::Deal, currency, within)) {
                if (!line->time) continue;
                const Date date = line->zone.date_at(within);
                const Instant until = std::min(line->zone.at(date, *line->time), ends);
                if (until <= begins || (last && until <= *last)) continue;
                const Result<bool> may_deal = value_dates.may_deal(date);
                if (!may_deal) return may_deal.error();
                if (*may_deal) last = until;
            }
        }
    }
    return last;
}

/// Where banks deal at any hour.
Result<std::optional<Instant>> end_of(const fx::ValueDates& value_dates, Date day) {
    const Result<bool> may_deal = value_dates.may_deal(day);
    if (!may_deal) return may_deal.error();
    return *may_deal ? std::optional(day.plus_days(1).at_shanghai(0)) : std::nullopt;
}

}  // namespace

Result<BuyingDeadline> buying_deadline(const fx::ValueDates& value_dates, const fx::BankHours* hours,
                                       std::span<const std::string> banks, Currency currency, Date came_on) {
    const Result<Date> day = value_dates.next_working_day(came_on);
    if (!day) return day.error();
    BuyingDeadline deadline{*day, day->plus_days(1).at_shanghai(0), std::nullopt};
    for (Date one = *day; one >= came_on && !deadline.last_cut_off; one = one.plus_days(-1)) {
        const Result<std::optional<Instant>> last =
            hours == nullptr ? end_of(value_dates, one)
                             : last_cut_off(value_dates, hours->cut_offs(), banks, currency, one);
        if (!last) return last.error();
        deadline.last_cut_off = *last;
    }
    return deadline;
}

}  // namespace huiqiao::flow
