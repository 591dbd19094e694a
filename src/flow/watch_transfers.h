#pragma once
// Tells a person of each transfer between provision accounts that has not come to its end (arrived, returned, proved
// rejected) after hours: with its age, one work item each, closed when it ends. It moves no money.

#include <memory>
#include <string_view>

#include "src/base/clock.h"
#include "src/db/write_queue.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

inline constexpr std::string_view kTransferNotArrived = "transfer_not_arrived";  // subject: the remittance

class WatchTransfers {
 public:
    static constexpr std::chrono::seconds kEvery{60};
    static constexpr std::chrono::hours kAfter{2};

    /// The references must outlive it.
    WatchTransfers(db::Database& database, db::WriteQueue& queue);
    ~WatchTransfers();

    /// Looks once a minute. How many work items were opened, changed or closed.
    int step(Instant now);

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    operators::WorkItems work_items_;
    std::unique_ptr<db::Operation> tell_;
    Instant looked_at_{};
};

}  // namespace huiqiao::flow
