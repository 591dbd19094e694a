#pragma once
// The two halves of the write queue: what callers share (tickets, under a mutex), and the writer behind it. Inside
// the db room only.

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "src/db/claims_impl.h"
#include "src/db/connections.h"
#include "src/db/group_run.h"
#include "src/db/log_keeper.h"
#include "src/db/write_queue.h"
#include "src/db/writer_lease.h"

namespace huiqiao::db {

/// One caller's place. answer, running and weight are guarded by the queue's mutex.
class Ticket {
 public:
    GroupEntry entry{};
    std::size_t weight = 1;
    bool running = false;
    std::optional<Status> answer;
    std::condition_variable answered;
};

using Tickets = std::vector<std::shared_ptr<Ticket>>;

/// What the writer tells and asks of the queue.
class WriterReports {
 public:
    virtual ~WriterReports() = default;
    virtual void answer(const Tickets& tickets, const Status& status) = 0;
    virtual void count(const WriteQueue::Counters& more) = 0;
    /// Before another try after `runs` in vain.
    virtual void pause(int runs) = 0;
    /// The database takes no writes now.
    virtual void failed(Trouble trouble) = 0;
    /// A COMMIT is durable.
    virtual void succeeded() = 0;
    /// SQLite's log after it.
    virtual void log_grew(int pages) = 0;
    /// There was trouble at the last try: one run will do.
    [[nodiscard]] virtual bool in_trouble() const = 0;
    /// In trouble, and the next try is not due yet: nobody touches the database.
    [[nodiscard]] virtual bool is_resting() const = 0;
};

/// Runs groups one after the other on its own connection and slot: again, in halves, or resolved by the slot row.
class Writer {
 public:
    Writer(Connections& connections, const Clock& clock, IdSource& ids, int runs, WriterReports& reports);

    /// Every ticket has its answer afterwards, unless a simulated crash passed through.
    void write(const Tickets& tickets);
    void pass_time();
    /// A LogKeeper is there from now on, for all connections that this writer will have.
    void leave_log();
    /// Gives the slot back.
    void leave() noexcept;
    /// A simulated crash passed through: as good as killed.
    [[nodiscard]] bool dead() const { return dead_; }

 private:
    using Groups = std::deque<Tickets>;
    enum class Committed { Yes, No, CannotTell };
    /// What a failed try leaves to do.
    enum class Next { Again, Settled };

    void write_group(const Tickets& group, Groups& rest);
    void publish(GroupRun& run, const Tickets& group);
    Next after(const DatabaseError& error, const Tickets& group, GroupRun* run, int runs, Groups& rest);
    Next after_unknown(const Tickets& group, GroupRun& run);
    void note_failure(const DatabaseError& error);
    Next split(const Tickets& group, const std::string& why, Groups& rest);
    Committed resolve(std::int64_t group_no);
    void connect();
    void raise_passed_at();
    void lease_another();

    Connections& connections_;
    IdSource& ids_;
    int runs_;
    WriterReports& reports_;
    std::unique_ptr<Connection> connection_;
    WriterLease lease_;
    StandingKeys standing_;
    bool leaves_log_ = false;
    bool dead_ = false;
};

class WriteQueue::Impl final : public WriterReports {
 public:
    Impl(Connections& its_connections, const Clock& its_clock, IdSource& ids, WriteQueueSettings its_settings)
        : clock(its_clock),
          settings(its_settings),
          connections(its_connections),
          writer(its_connections, its_clock, ids, its_settings.runs, *this) {}

    /// Under the mutex.
    Result<std::shared_ptr<Ticket>> enqueue(Operation& operation, std::shared_ptr<Item> item);
    /// The next group by weight, in submit order, withdrawn ones left out.
    Tickets take();
    /// The queue has a thread: SQLite's log gets one too.
    void keep_log();
    void answer(const Tickets& tickets, const Status& status) override;
    void count(const Counters& more) override;
    void pause(int runs) override;
    void failed(Trouble trouble) override { health.failed(trouble, clock.monotonic()); }
    void succeeded() override { health.succeeded(); }
    void log_grew(int pages) override {
        if (log_keeper) log_keeper->note(pages);
    }
    [[nodiscard]] bool in_trouble() const override { return health.trouble().has_value(); }
    [[nodiscard]] bool is_resting() const override { return health.is_resting(clock.monotonic()); }

    const Clock& clock;
    const WriteQueueSettings settings;
    const Connections& connections;
    std::mutex mutex;
    std::condition_variable came;
    std::condition_variable pausing;
    std::deque<std::shared_ptr<Ticket>> waiting;
    std::size_t waiting_weight = 0;
    std::uint64_t refused = 0;
    Counters counters{};
    std::function<void()> when_committed;  // set before there is a second thread
    WriterHealth health;
    bool threaded = false;
    bool stopping = false;
    std::mutex stepping;                  // one group at a time
    std::optional<LogKeeper> log_keeper;  // set before there is a second thread
    Writer writer;                        // used under stepping
    std::thread thread;
};

}  // namespace huiqiao::db
