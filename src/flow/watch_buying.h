#pragma once
// Tells a person in time of collected CNY that nobody has bought with and that must be by the end of T+1
// (buying_deadline.h): one work item a currency and day, at a lead before the last cut-off: how much, of which orders,
// by when, and what keeps it back. Its words follow what is left; it is closed when nothing is. It buys nothing and
// moves no order. What a look costs does not grow with the number of orders: sums are of the oldest ("at least"). The
// days of the last weeks are read by every look, so that what is long over hides none of them; older ones in turn.

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"
#include "src/flow/buying_deadline.h"
#include "src/operators/work_item.h"
#include "src/orders/to_buy_store.h"

namespace huiqiao::flow {

inline constexpr std::string_view kBuyingDue = "buying_due";  // subject: "20261120|USD", the day it came on

/// What came on one day to be bought in one currency.
struct Buying {
    orders::ToBuy what;
    std::optional<BuyingDeadline> deadline;  // absent: the day is in no calendar, or it came before days were kept
};

class WatchBuying {
 public:
    static constexpr std::chrono::seconds kEvery{60};
    static constexpr std::chrono::seconds kAWeek{7 * 86'400};
    using Banks = std::map<std::string, std::vector<std::string>>;  // that deal, by currency code

    /// The references must outlive it; hours as buying_deadline() has them.
    WatchBuying(db::Database& database, db::WriteQueue& queue, const fx::ValueDates& value_dates,
                const fx::BankHours* hours, Banks banks, std::chrono::seconds lead);
    ~WatchBuying();

    /// Looks once a minute. How many work items were opened, changed or closed.
    int step(Instant now);

    /// What is to be bought, the nearest deadline first: of the last weeks, and the oldest of what is older.
    [[nodiscard]] std::vector<Buying> waiting(db::Reader& reader, Instant now) const;
    /// Until the nearest deadline that was not over at the last look. A week where there is none.
    [[nodiscard]] std::chrono::seconds left(Instant now) const;
    /// Days and currencies whose deadline is over; those of which nobody knows the day are not among them.
    [[nodiscard]] int overdue() const { return overdue_; }

 private:
    struct Look;
    [[nodiscard]] Look look(db::Reader& reader, Instant now) const;
    [[nodiscard]] std::vector<Buying> with_deadlines(const std::vector<orders::ToBuy>& all) const;
    void count(const std::vector<Buying>& found, const std::set<std::string>& long_over, Instant now);
    [[nodiscard]] operators::NewWorkItem matter(db::Reader& reader, const Buying& buying, Instant now) const;

    db::Database& database_;
    db::WriteQueue& queue_;
    const fx::ValueDates& value_dates_;
    const fx::BankHours* hours_;
    const Banks banks_;
    const std::chrono::seconds lead_;
    operators::WorkItems work_items_;
    std::unique_ptr<db::Operation> tell_;
    Instant looked_at_{};
    std::string behind_;                       // of the old days, the next look goes on behind this one
    std::atomic<std::int64_t> nearest_us_{0};  // 0: nothing waits
    std::atomic<int> overdue_{0};
};

}  // namespace huiqiao::flow
