#include "src/app/workers.h"

#include <algorithm>
#include <exception>

#include "src/db/database.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::microseconds kFirstPause = 100ms;  // of a step that threw; doubles
constexpr std::chrono::microseconds kLongestPause = 10s;
constexpr std::chrono::microseconds kDatabasePause =
    1s;  // of a step that the database refused: its trouble ends at once

// It waits for the name servers of strangers, which end by themselves: orders are still taken meanwhile, and a balancer
// that took every process away for a platform's dead name server would do more harm.
constexpr std::string_view kWebhooks = "webhooks";
constexpr std::chrono::seconds kWebhooksStuck{60};  // by then bank calls have outlived their leases

}  // namespace

/// Says which step runs, for as long as it does.
class Workers::Running {
 public:
    Running(Workers& workers, const std::string& worker) : workers_(workers) {
        const std::scoped_lock lock(workers_.running_mutex_);
        workers_.running_ = &worker;
        workers_.running_since_ = workers_.clock_.monotonic();
    }
    ~Running() {
        const std::scoped_lock lock(workers_.running_mutex_);
        workers_.running_ = nullptr;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

 private:
    Workers& workers_;
};

std::optional<RunningStep> Workers::running() const {
    const std::scoped_lock lock(running_mutex_);
    if (running_ == nullptr) return std::nullopt;
    return RunningStep{*running_, clock_.monotonic() - running_since_};
}

std::optional<api::Warning> warning_of(const std::optional<RunningStep>& running) {
    if (!running || running->took < RunningStep::kSlow) return std::nullopt;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(running->took).count();
    return api::Warning{
        Error(app_error::kWorkerStands, {{"worker", running->worker}, {"seconds", std::to_string(seconds)}}),
        running->took >= (running->worker == kWebhooks ? kWebhooksStuck : RunningStep::kStuck)};
}

Workers::Workers(const Clock& clock, std::vector<Worker> workers, std::function<bool()> busy,
                 std::function<void(const std::string&, const std::string&)> on_failure, WorkerRests rests,
                 std::function<bool()> database_rests)
    : clock_(clock),
      busy_(std::move(busy)),
      on_failure_(std::move(on_failure)),
      rests_(rests),
      database_rests_(std::move(database_rests)) {
    for (Worker& worker : workers) workers_.push_back({std::move(worker), {}, {}});
}

void Workers::start() {
    thread_ = std::thread([this] { loop(); });
}

void Workers::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Workers::wake() {
    {
        const std::scoped_lock lock(mutex_);
        called_ = true;
    }
    woken_.notify_all();
}

int Workers::round() {
    const Instant now = clock_.now();
    int did = 0;
    failed_ = false;
    for (Standing& each : workers_) {
        if (clock_.monotonic() < each.not_before || (database_rests_ && database_rests_())) {
            failed_ = true;
            continue;
        }
        try {
            const Running running(*this, each.worker.name);
            did += each.worker.step(now);
            each.pause = {};
        } catch (const db::DatabaseError& error) {
            failed_ = true;
            each.not_before = clock_.monotonic() + kDatabasePause;
            on_failure_(each.worker.name, error.what());
        } catch (const std::exception& error) {
            failed_ = true;
            each.pause = each.pause.count() == 0 ? kFirstPause : std::min(each.pause * 2, kLongestPause);
            each.not_before = clock_.monotonic() + each.pause;
            on_failure_(each.worker.name, error.what());
        }
    }
    if (did == 0 && !failed_ && !busy_()) {
        idle_at_us_ = to_us(now);
    } else {
        idle_at_us_ = 0;
    }
    done_ += did;
    ++rounds_;
    return did;
}

void Workers::loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        called_ = false;
        lock.unlock();
        const int did = round();
        lock.lock();
        if (did == 0) rest(lock);
    }
}

void Workers::rest(std::unique_lock<std::mutex>& lock) {
    woken_.wait_for(lock, rests_.busy, [this] { return stopping_; });
    if (idle_at_us_ == 0 && !failed_) return;
    const std::chrono::microseconds longest =
        failed_ ? std::min<std::chrono::microseconds>(kFirstPause, rests_.idle) : rests_.idle;
    woken_.wait_for(lock, longest - rests_.busy, [this] { return stopping_ || called_; });
}

}  // namespace huiqiao::app
