#pragma once
// Loops around "do what is due now". Each worker is a step that a single thread can run just as well (the simulator
// does); here one thread runs them in turn, and rests when a whole round found nothing: until somebody wakes it (this
// process committed something), or until it looks by itself for what falls due and what other processes wrote. A step
// that throws is logged and left alone for a while, the others go on. While the database rests (it takes no writes and
// is tried once a second, src/db/trouble.h) all of them rest, so a dead database is neither hammered nor a reason to
// stay away for long. A step that does not come back holds up all the others, so how long the present one has taken is
// told to whoever watches (RSC-01).

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "src/api/health_routes.h"
#include "src/base/clock.h"

namespace huiqiao::app {

struct Worker {
    std::string name;
    /// Does what is due at the instant; how many things it did. Bounded.
    std::function<int(Instant)> step;
};

/// After a round that found nothing.
struct WorkerRests {
    /// While something is under way, which comes home unannounced; never less, so that many commits wake few rounds.
    std::chrono::milliseconds busy{5};
    /// While nothing is, and nobody wakes us.
    std::chrono::milliseconds idle{1000};
};

/// A step that is running now.
struct RunningStep {
    /// A step takes milliseconds; so long it is told, and so long the process does not do its work.
    static constexpr std::chrono::seconds kSlow{2};
    static constexpr std::chrono::seconds kStuck{10};

    std::string worker;
    std::chrono::microseconds took{0};  // until now
};

class Workers {
 public:
    /// on_failure is told what a step threw, for the log. busy: whether anything is under way that no step shows (calls
    /// whose answer is awaited).
    /// database_rests: whether to leave the database alone now; none: never.
    Workers(const Clock& clock, std::vector<Worker> workers, std::function<bool()> busy,
            std::function<void(const std::string& worker, const std::string& what)> on_failure, WorkerRests rests = {},
            std::function<bool()> database_rests = {});
    ~Workers() { stop(); }
    void start();
    void stop();
    /// There may be something to do: the rest ends. Any thread; a call during a round makes one more follow.
    void wake();

    /// One round on this thread; how many things were done.
    int round();
    /// The clock's instant at the last round, where it did nothing while nothing was under way; else zero. With the
    /// number of rounds and of things done, by which the demo knows that a step of its clock has been lived through.
    [[nodiscard]] std::int64_t idle_at_us() const { return idle_at_us_.load(); }
    [[nodiscard]] std::int64_t rounds() const { return rounds_.load(); }
    [[nodiscard]] std::int64_t done() const { return done_.load(); }
    /// nullopt between steps. Any thread.
    [[nodiscard]] std::optional<RunningStep> running() const;

 private:
    class Running;
    void loop();
    void rest(std::unique_lock<std::mutex>& lock);

    struct Standing {
        Worker worker;
        Monotonic not_before{0};
        std::chrono::microseconds pause{0};
    };
    const Clock& clock_;
    std::vector<Standing> workers_;
    std::function<bool()> busy_;
    std::function<void(const std::string&, const std::string&)> on_failure_;
    WorkerRests rests_;
    std::function<bool()> database_rests_;
    bool failed_ = false;  // a step of the last round threw, or is left alone since
    std::atomic<std::int64_t> idle_at_us_{0};
    std::atomic<std::int64_t> rounds_{0};
    std::atomic<std::int64_t> done_{0};
    mutable std::mutex running_mutex_;
    const std::string* running_ = nullptr;  // the worker's name
    Monotonic running_since_{0};
    std::mutex mutex_;
    std::condition_variable woken_;
    bool stopping_ = false;
    bool called_ = false;  // wake() since the last round began
    std::thread thread_;
};

/// Of a step that takes longer than kSlow; unready from kStuck on.
std::optional<api::Warning> warning_of(const std::optional<RunningStep>& running);

namespace app_error {
inline constexpr ErrorCode kWorkerStands{
    "worker_stands", ErrorGroup::Retry,
    "The worker '{worker}' has been in one step for {seconds} s, and the others wait for it. Nothing acknowledged is "
    "lost. Look at what it calls (database, key store, disk); where it does not go on, restart the service.",
    "工作线程“{worker}”的一个步骤已持续 {seconds} "
    "秒，其他任务在等待；已确认的数据不会丢失。请检查其所依赖的数据库、密钥与磁盘，"
    "若仍不恢复请重启服务。"};
}  // namespace app_error

}  // namespace huiqiao::app
