#pragma once
// By when collected CNY must be bought with: the end of the first working day behind the one on which it came (T+1,
// reference 3.2). Make-up days are working days for it, though no desk deals on them: then the last cut-off is a day
// before. It decides nothing about what may still be dealt; that is the bank hours'.

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "fx/cut_offs.h"
#include "fx/value_date.h"

namespace huiqiao::flow {

struct BuyingDeadline {
    Date day;
    Instant ends{};                       // of that day, in Shanghai
    std::optional<Instant> last_cut_off;  // of all banks by then, from the day on which it came; absent: none deals
    /// Before what is over first.
    [[nodiscard]] Instant ahead(std::chrono::seconds lead) const { return last_cut_off.value_or(ends) - lead; }
};

/// hours absent: banks deal at any hour of a CNY dealing day. kCalendarMissing where a day is not in the calendar.
Result<BuyingDeadline> buying_deadline(const fx::ValueDates& value_dates, const fx::BankHours* hours,
                                       std::span<const std::string> banks, Currency currency, Date came_on);

}  // namespace huiqiao::flow
