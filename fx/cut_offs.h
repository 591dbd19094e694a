#pragma once
// Until when each bank deals and remits, by currency and value date (reference 7.5), from config/cut_offs.csv: data per
// bank, in the bank's own zone. Past a cut-off there is the next value date, or nothing until the next day.
// Invariant: what a bank's table does not name is not done there; a table that contradicts itself is refused whole.
// Days are not here: whether a bank's currencies are open on a date is the calendars' (value_date.h).

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fx/value_date.h"
#include "src/base/zone.h"

namespace huiqiao::fx {

enum class BankOperation { Deal, Remit };
std::string_view to_text(BankOperation operation);

std::string_view to_text(Tenor tenor);  // "T+0", "T+1", "T+2"

/// One line of the table. A line of a date stands for that day alone (a half day, Christmas Eve), before all others;
/// one of a currency before one of "*".
struct CutOff {
    std::string bank;
    BankOperation operation = BankOperation::Deal;
    std::string currency;  // code, or "*"
    Tenor tenor = Tenor::Today;
    std::optional<Date> date;
    std::optional<WallTime> time;  // absent: closed
    Zone zone;
};

/// What is still open at an instant: order before the cut-off, and the money counts on the value date.
struct OpenUntil {
    Tenor tenor = Tenor::Today;
    Instant cut_off{};
    Date value_date;
};

inline constexpr int kMostDaysAhead = 4;

class CutOffs {
 public:
    /// "bank,operation,currency,tenor,date,time,zone" with that heading; '#' begins a comment line. operation: deal or
    /// remit; tenor: T+0, T+1 or T+2; time: 16:30 or closed. A line of a date needs a usual line, which tells the zone
    /// of that date. kBadCutOffs names the line.
    static Result<CutOffs> parse(std::string_view csv);

    /// The earliest tenor, from the given one on, whose cut-off is not over; nullopt: no more today.
    /// Deal: the day must be one on which CNY is dealt; the value date is one of the pair with CNY. Remit: the payment
    /// currency is open today (T+0), or the value date is the first day from today plus the tenor on which it is, at
    /// most kMostDaysAhead: a bank is not told days before a long holiday what it shall pay after it.
    /// kCutOffMissing where the bank's table has no line for it; kCalendarMissing.
    [[nodiscard]] Result<std::optional<OpenUntil>> open_until(const ValueDates& value_dates, std::string_view bank,
                                                              BankOperation operation, Currency currency, Tenor from,
                                                              Instant now) const;
    /// The lines that stand on the bank's own date at that instant for a currency and operation, earliest tenor first.
    [[nodiscard]] std::vector<const CutOff*> of_day(std::string_view bank, BankOperation operation, Currency currency,
                                                    Instant now) const;
    [[nodiscard]] std::set<std::string> banks() const;

 private:
    using Key = std::tuple<std::string, BankOperation, std::string, Tenor, std::optional<Date>>;
    [[nodiscard]] const CutOff* line(std::string_view bank, BankOperation operation, Currency currency, Tenor tenor,
                                     Instant now) const;
    std::map<Key, CutOff> lines_;
};

/// Days and hours together: what a bank still does at an instant.
class BankHours {
 public:
    /// The value dates must outlive it.
    BankHours(const ValueDates& value_dates, CutOffs cut_offs)
        : value_dates_(value_dates), cut_offs_(std::move(cut_offs)) {}

    /// As CutOffs::open_until().
    [[nodiscard]] Result<std::optional<OpenUntil>> open_until(std::string_view bank, BankOperation operation,
                                                              Currency currency, Tenor from, Instant now) const {
        return cut_offs_.open_until(value_dates_, bank, operation, currency, from, now);
    }
    /// The first day after that one on which the currency's own money moves.
    [[nodiscard]] Result<Date> next_open_day(Currency currency, Date date) const;
    /// The first CNY working day after it, make-up days included.
    [[nodiscard]] Result<Date> next_working_day(Date date) const { return value_dates_.next_working_day(date); }
    [[nodiscard]] const CutOffs& cut_offs() const { return cut_offs_; }

 private:
    const ValueDates& value_dates_;
    CutOffs cut_offs_;
};

namespace cut_off_error {
inline constexpr ErrorCode kBadCutOffs{"bad_cut_offs", ErrorGroup::Syntax,
                                       "config/cut_offs.csv is wrong in line {line}: {why}",
                                       "config/cut_offs.csv 第 {line} 行有误：{why}"};
inline constexpr ErrorCode kCutOffMissing{
    "cut_off_missing", ErrorGroup::Retry,
    "config/cut_offs.csv says nothing of {operation} in {currency} at {bank}; nothing was ordered there. Add the line.",
    "config/cut_offs.csv 中没有 {bank} {currency} 的 {operation} 截止时间，未向该行发出任何指令。请补充该行。"};
}  // namespace cut_off_error

}  // namespace huiqiao::fx
