#pragma once
// Group commit. Callers hand items to the queue; one writer per process takes all that wait, runs each operation once
// on its set of items, commits once, and answers each caller only after the COMMIT is durable.
// The order of steps is fixed (architecture section 5): find, BEGIN, slot and business date, claims, locks, run
// (read, decide, write), COMMIT. Failures: Again runs the group again; Data splits it in halves; an unknown COMMIT
// is resolved by the slot row on a new connection. Items with one operation in a group are seen in submit order.
// Where the database takes no writes, it is tried once a second, and who asks meanwhile is refused at once (trouble.h).
// It does not know any business noun, and never sends anything.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/id.h"
#include "src/base/result.h"
#include "src/db/database.h"
#include "src/db/db_error.h"
#include "src/db/trouble.h"
#include "src/db/writer_slot.h"

namespace huiqiao::db {

class StandingKeys;

/// Rows to be inserted where absent, gathered from all operations of a group, merged, sorted, written together.
class Claims {
 public:
    /// values: the whole row, key first, owner second. Of two claims of one key in a group the first stands.
    template <class... V>
    void add(const Claim& claim, V&&... values) {
        rows_for(claim).add(std::forward<V>(values)...);
    }
    /// Whether the row of a usually_there claim is known to stand, since this writer saw it committed: it need not be
    /// claimed again. Such rows are never deleted.
    [[nodiscard]] bool stands(const Claim& claim, const std::string& key) const;
    /// After step 3: the owner that stands at the key, in the database, now.
    [[nodiscard]] const std::string& owner(const Claim& claim, const std::string& key) const;

 private:
    friend class GroupRun;
    Rows& rows_for(const Claim& claim);
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with the group's run that fills in the owners

 public:
    explicit Claims(const StandingKeys& standing);
};

/// Rows that any operation of the group may change.
class Locks {
 public:
    void add(const LockTable& table, std::string id) { wanted_[table.rank].add(table, std::move(id)); }
    [[nodiscard]] bool has(const LockTable& table, const std::string& id) const;

 private:
    friend class GroupRun;
    struct Wanted {
        const LockTable* table = nullptr;
        std::vector<std::string> ids;  // as they came; an id may stand more than once
        void add(const LockTable& which, std::string id) {
            table = &which;
            ids.push_back(std::move(id));
        }
    };
    std::map<int, Wanted> wanted_;
};

/// Thrown by Work::run where it finds that it needs a row that is not locked: the group is rolled back and run again
/// with this row locked as well.
struct NeedLock {
    const LockTable* table;
    std::string id;
};

/// What an operation has in hand while its group runs.
struct Group {
    Tx& tx;
    Instant now;         // never goes back within a slot
    Date business_date;  // open, and share-locked until COMMIT
    WriterSlot& slot;    // number, and the journal's chain (seq, head): the ledger moves them on
    IdSource& ids;
    const Claims& claims;
};

/// One caller's input and answer. An operation derives its own; whole and unsplittable (an API batch is one item).
struct Item {
    virtual ~Item() = default;
    /// Set by an outer operation that already has the answer (a replay): the inner one passes over this item.
    bool skipped = false;
    /// How many rows of work it stands for; groups are filled by weight.
    std::size_t weight = 1;
};

/// An operation at work on the items of one group. A run that is repeated gets a new Work: nothing is left over.
class Work {
 public:
    virtual ~Work() = default;
    /// Before BEGIN, plain reads of columns that never change: which rows will be touched.
    virtual void find(Reader&) {}
    virtual void claim(Claims&) {}
    virtual void lock(Locks&) {}
    /// Step 5 to 7. Answers go into the items; they are shown to callers only after COMMIT. Throwing LogicError or
    /// DatabaseError rolls the group back.
    virtual void run(Group&) = 0;
    /// After a durable COMMIT, still on the writer's thread: counters, wake-ups. Must not throw.
    virtual void committed() {}
    /// True for close-day alone: takes the business date exclusively, and is the only work of its group.
    [[nodiscard]] virtual bool closes_day() const { return false; }
};

/// A business verb as the queue knows it. Lives as long as the queue; has no state of one run.
class Operation {
 public:
    virtual ~Operation() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Work> begin(std::span<const std::shared_ptr<Item>> items) = 0;
};

struct WriteQueueSettings {
    std::size_t group_weight = 500;       // of one commit
    std::size_t waiting_weight = 20'000;  // beyond: submit refuses (kQueueFull, Retry)
    int runs = 10;                        // of one group before its callers get kBusy
};

class Ticket;

class WriteQueue {
 public:
    /// Leases a free writer slot (a foreign epoch there later stops this writer).
    WriteQueue(Database& database, const Clock& clock, IdSource& ids, WriteQueueSettings settings);
    /// What still waits is answered with kStopping and not written; stop() before that writes it.
    ~WriteQueue();

    /// A thread of its own from now on; without it every wait() steps the queue.
    void start();
    /// Answers what was submitted, then stops.
    void stop();

    Result<std::shared_ptr<Ticket>> submit(Operation& operation, std::shared_ptr<Item> item);
    /// Done: committed, the item's answer is true. Errors: kQueueFull, kBusy, kDatabaseLost (Retry, effect none),
    /// kWithdrawn (deadline before its group began: effect none), kOutcomeUnknown (deadline after: effect unknown),
    /// kWriteFailed (Internal: a bug met by this item alone).
    Status wait(const std::shared_ptr<Ticket>& ticket, Monotonic deadline);
    /// submit and wait for one or many, each answered by itself. The default deadline is 30 s.
    Status run(Operation& operation, std::shared_ptr<Item> item);
    std::vector<Status> run(Operation& operation, std::span<const std::shared_ptr<Item>> items);

    /// Told on the writer's thread after groups that committed, when their callers have their answers: who rests until
    /// there is something to do wakes up. Set before start(). It must not throw, wait or write.
    void when_committed(std::function<void()> tell);

    /// One group, on this thread. False where nothing waits.
    bool step();
    /// Raises passed_at of an idle slot; called every second by the workers.
    void pass_time();

    struct Counters {
        std::uint64_t groups = 0;  // committed
        std::uint64_t items = 0;   // committed
        std::uint64_t reruns = 0;
        std::uint64_t splits = 0;
        std::uint64_t unknown_commits = 0;  // resolved by the slot row or not
        std::uint64_t refused = 0;
        std::uint64_t slots_lost = 0;  // a foreign epoch stood in the slot; another was leased
    };
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] std::size_t waiting() const;
    /// What keeps groups from being written. While it rests, submit() refuses with kDatabaseLost, and workers leave the
    /// database alone: one try a second.
    [[nodiscard]] const WriterHealth& health() const;
    [[nodiscard]] bool is_resting() const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::db
