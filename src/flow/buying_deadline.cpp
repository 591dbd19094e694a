#include "src/flow/buying_deadline.h"

#include <algorithm>

namespace huiqiao::flow {

namespace {

/// The last at which one of the banks still deals on a day, for whatever value date.
std::optional<Instant> last_cut_off(const fx::CutOffs& cut_offs, std::span<const std::string> banks, Currency currency,
                                    Date day) {
    std::optional<Instant> last;
    const Instant noon = day.at_shanghai(12);
    for (const std::string& bank : banks) {
        for (const fx::CutOff* line : cut_offs.of_day(bank, fx::BankOperation::Deal, currency, noon)) {
            if (!line->time) continue;
            const Instant until = line->zone.at(line->zone.date_at(noon), *line->time);
            last = last ? std::max(*last, until) : until;
        }
    }
    return last;
}

}  // namespace

Result<BuyingDeadline> buying_deadline(const fx::ValueDates& value_dates, const fx::BankHours* hours,
                                       std::span<const std::string> banks, Currency currency, Date came_on) {
    const Result<Date> day = value_dates.next_working_day(came_on);
    if (!day) return day.error();
    BuyingDeadline deadline{*day, day->plus_days(1).at_shanghai(0), std::nullopt};
    for (Date one = *day; one >= came_on && !deadline.last_cut_off; one = one.plus_days(-1)) {
        const Result<bool> may_deal = value_dates.may_deal(one);
        if (!may_deal) return may_deal.error();
        if (!*may_deal) continue;
        deadline.last_cut_off = hours == nullptr ? std::optional(one.plus_days(1).at_shanghai(0))
                                                 : last_cut_off(hours->cut_offs(), banks, currency, one);
    }
    return deadline;
}

}  // namespace huiqiao::flow
