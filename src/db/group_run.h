#pragma once
// One try at one group: the fixed order of steps from find to COMMIT (architecture section 5). It knows neither
// tickets nor retries; a group that is run again is a new GroupRun. Inside the db room only.

#include <memory>
#include <span>
#include <vector>

#include "src/db/connection.h"
#include "src/db/write_queue.h"
#include "src/db/writer_lease.h"

namespace huiqiao::db {

/// What the queue hands over of one caller.
struct GroupEntry {
    Operation* operation;
    std::shared_ptr<Item> item;
};

class GroupRun {
 public:
    /// Begins each operation on its items, operations in the order of their first item.
    GroupRun(std::span<const GroupEntry> entries, StandingKeys& standing);

    /// A close of the day runs alone: the places of entries to be run as groups of their own, in order; empty where
    /// this group is good as it is.
    [[nodiscard]] std::vector<std::vector<std::size_t>> parts() const;
    /// find … COMMIT. Throws DatabaseError, NeedLock, SlotTaken, LogicError; only COMMIT fails as Unknown.
    void execute(Connection& connection, const WriterLease& lease, IdSource& ids, const Locks& also);
    /// The count that the slot row shows if this run's COMMIT took place.
    [[nodiscard]] std::int64_t group_no() const { return group_no_; }
    /// Tells the works of the durable COMMIT.
    void committed() noexcept;

    static void merge(Locks& into, const Locks& from);

 private:
    struct Share {
        Operation* operation;
        std::vector<std::shared_ptr<Item>> items;
        std::vector<std::size_t> places;
        std::unique_ptr<Work> work;
    };
    [[nodiscard]] bool closes_day() const;
    void take_locks(Tx& tx, const Locks& also);

    std::vector<Share> shares_;
    StandingKeys& standing_;  // the writer's
    Claims claims_;
    Locks locks_;
    std::int64_t group_no_ = 0;
};

}  // namespace huiqiao::db
