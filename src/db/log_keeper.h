#pragma once
// Keeps SQLite's write-ahead log short while groups are written: copies its pages into the file on a thread and a
// connection of its own, so that no COMMIT waits until a whole log has been copied.
// Invariant: the writer waits at most for the last few pages; a log that this thread cannot shorten (readers that
// stay, a full disk) is shortened in a COMMIT again, as without it.
// It does not decide what is durable: every COMMIT is, by the log alone. Inside the db room only.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "src/db/connections.h"

namespace huiqiao::db {

class LogKeeper {
 public:
    /// Pages of 4 KiB in the log from which it is copied.
    static constexpr int kCopyFrom = 16'000;

    explicit LogKeeper(const Connections& connections, int copy_from = kCopyFrom);
    ~LogKeeper();
    LogKeeper(const LogKeeper&) = delete;
    LogKeeper& operator=(const LogKeeper&) = delete;

    /// The log's pages after a COMMIT.
    void note(int pages);

 private:
    void keep();
    /// The log's pages afterwards. It begins anew with the writer's next group, unless a reader still needs it.
    int shorten();

    const Connections& connections_;
    const int copy_from_;
    std::unique_ptr<Connection> connection_;  // the thread's
    std::mutex mutex_;
    std::condition_variable noted_;
    int pages_ = 0;  // noted last
    int due_at_;     // pages; after a round so many more, until the log has begun anew
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace huiqiao::db
