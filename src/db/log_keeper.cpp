#include "src/db/log_keeper.h"

namespace huiqiao::db {

namespace {

// A round leaves what was written while it ran; the last one, which holds the writer up, is to be short.
constexpr int kRounds = 4;
constexpr std::int64_t kShort = 500;
// After a failure the next try is as far away as that of any other trouble.
constexpr std::chrono::seconds kRest{1};

// While it waits for a reader, the writer waits for it.
constexpr const char* kShortWait = "PRAGMA busy_timeout = 50";

/// Columns: was it held up by others, pages in the log, pages of them that are in the file.
constexpr Select kCopy{"PRAGMA wal_checkpoint(PASSIVE)", "iii"};
/// Lets the writer wait, so that no page is left and its next group begins the log anew.
constexpr Select kCopyAll{"PRAGMA wal_checkpoint(FULL)", "iii"};

}  // namespace

LogKeeper::LogKeeper(const Connections& connections, int copy_from)
    : connections_(connections), copy_from_(copy_from), due_at_(copy_from), thread_([this] { keep(); }) {}

LogKeeper::~LogKeeper() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    noted_.notify_all();
    thread_.join();
}

void LogKeeper::note(int pages) {
    bool due = false;
    {
        const std::lock_guard lock(mutex_);
        pages_ = pages;
        if (pages < copy_from_) due_at_ = copy_from_;  // it began anew
        due = pages >= due_at_;
    }
    if (due) noted_.notify_one();
}

void LogKeeper::keep() {
    std::unique_lock lock(mutex_);
    while (true) {
        noted_.wait(lock, [this] { return stopping_ || pages_ >= due_at_; });
        if (stopping_) return;
        pages_ = 0;
        lock.unlock();
        int pages = 0;
        bool failed = false;
        try {
            pages = shorten();
        } catch (const DatabaseError&) {
            connection_.reset();  // the writer meets the same trouble, and it is the one that tells of it
            failed = true;
        }
        lock.lock();
        due_at_ = pages + copy_from_;
        if (failed) noted_.wait_for(lock, kRest, [this] { return stopping_; });
    }
}

int LogKeeper::shorten() {
    if (!connection_) {
        connection_ = connections_.open(Role::Writes);
        connection_->run(kShortWait);
    }
    Found copied(3);
    for (int round = 0; round < kRounds; ++round) {
        copied = connection_->select(kCopy, {}, {}, RowLock::None);
        if (copied.integer(0, 1) - copied.integer(0, 2) <= kShort) {
            copied = connection_->select(kCopyAll, {}, {}, RowLock::None);
            break;
        }
    }
    return static_cast<int>(copied.integer(0, 1));
}

}  // namespace huiqiao::db
