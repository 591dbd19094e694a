#pragma once
// What keeps the database from taking writes, in words that an operator can act on, and for how long workers leave it
// alone. It is kept from the writer's failures and cleared by its next COMMIT, so it goes by itself with its cause.
// Callers of the API are not told: to them it is "the database cannot be reached" (db_error.h).

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/db/database.h"

namespace huiqiao::db {

enum class Trouble {
    DiskFull,            // no space, or a quota
    ReadOnly,            // read_only, a read-only file system, a cluster without its majority
    Unreachable,         // gone, killed, or silent until the statement's time was over
    TooManyConnections,  // the server's own limit
    Slow,                // it answers, and takes longer than a readiness check waits
    Broken,              // a damaged file, an error of the disk
};
inline constexpr std::array kTroubles{Trouble::DiskFull,           Trouble::ReadOnly, Trouble::Unreachable,
                                      Trouble::TooManyConnections, Trouble::Slow,     Trouble::Broken};

/// By the engine's own number of a failure that is Lost or Unknown.
Trouble trouble_of(Engine engine, int number);
/// What to do about it: in /health/ready; its text is the metric's label.
const ErrorCode& words_of(Trouble trouble);

/// The writer's standing, read by any thread.
class WriterHealth {
 public:
    /// Between two tries while there is trouble.
    static constexpr std::chrono::seconds kRest{1};

    void failed(Trouble trouble, Monotonic now);
    void succeeded() {
        if (in_trouble_) clear();
    }
    [[nodiscard]] std::optional<Trouble> trouble() const;
    /// In trouble, and the next try is not due yet.
    [[nodiscard]] bool is_resting(Monotonic now) const;
    [[nodiscard]] std::uint64_t failures() const { return failures_.load(); }

 private:
    void clear();

    std::atomic<bool> in_trouble_{false};
    std::atomic<std::uint64_t> failures_{0};
    mutable std::mutex mutex_;
    Trouble trouble_ = Trouble::Unreachable;
    Monotonic next_try_{0};
};

namespace trouble_error {
inline constexpr ErrorCode kDiskFull{
    "disk_full", ErrorGroup::Retry,
    "The disk of the database is full. Nothing more is written and nothing acknowledged is lost; make space, and the "
    "service goes on by itself.",
    "数据库所在磁盘已满：暂停写入，已确认的数据不会丢失；腾出空间后服务自动恢复。"};
inline constexpr ErrorCode kReadOnly{
    "read_only", ErrorGroup::Retry,
    "The database takes no writes (read_only, a read-only file system, or a cluster without its majority). Make it "
    "writable, and the service goes on by itself.",
    "数据库为只读（read_only、只读文件系统或集群失去多数节点）；恢复可写后服务自动恢复。"};
inline constexpr ErrorCode kUnreachable{
    "database_unreachable", ErrorGroup::Retry,
    "The database cannot be reached, or did not answer in time. Look whether it runs and whether the network holds; "
    "the service connects again by itself.",
    "数据库无法连接或未及时应答；请检查其进程与网络，服务会自动重连。"};
inline constexpr ErrorCode kTooManyConnections{
    "too_many_connections", ErrorGroup::Retry,
    "The database refuses more connections. Raise max_connections, or stop who holds them; the service goes on by "
    "itself.",
    "数据库连接数已满；请调高 max_connections 或释放连接，服务会自动恢复。"};
inline constexpr ErrorCode kSlow{"database_slow", ErrorGroup::Retry,
                                 "The database answers so slowly that an empty COMMIT was not done in time. Look at "
                                 "its disk and load.",
                                 "数据库响应过慢，空提交未能及时完成；请检查其磁盘与负载。"};
inline constexpr ErrorCode kBroken{"database_broken", ErrorGroup::Retry,
                                   "The database's file or disk reports errors. Look at the system's log; restore "
                                   "from a backup where the file is damaged.",
                                   "数据库文件或磁盘报错；请查看系统日志，文件损坏时须从备份恢复。"};
}  // namespace trouble_error

}  // namespace huiqiao::db
