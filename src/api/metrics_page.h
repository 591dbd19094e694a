#pragma once
// /metrics: the registry's own metrics, and what the rooms count by themselves (write queue, servers, calls, waiting
// work items), taken over when the page is asked for. Counters of this process; waiting work items of the whole
// database.

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "src/api/admission.h"
#include "src/calls/call_worker.h"
#include "src/db/write_queue.h"
#include "src/flow/retention.h"
#include "src/http/metrics.h"
#include "src/http/server.h"
#include "src/operators/work_item.h"

namespace huiqiao::api {

class MetricsPage {
 public:
    MetricsPage(http::Metrics& metrics, db::Database& database, const db::WriteQueue& queue,
                const operators::WorkItems& work_items);

    /// Before the server starts: takes its on_answer, for the time that answers take. It outlives the page; name:
    /// "platforms", "notices", "operators".
    void watch(const std::string& name, http::Server& server);
    /// A number of the process, read when the page is asked for.
    void watch_gauge(const std::string& name, const std::string& help, std::function<std::int64_t()> now);
    void watch(const calls::CallCounters& counters);
    void watch(const Admission& admission);
    void watch(const flow::Retention& retention);
    /// RSC-08: ages of the oldest call unsent and the oldest webhook untold, of the whole database.
    void watch_backlog(const Clock& clock, std::vector<std::string> counterparties);

    /// Prometheus text. Work items are left at their last value where the database cannot be read.
    std::string text();

 private:
    struct Source {
        http::Counter* counter;
        std::function<std::uint64_t()> now;
    };
    void add(const std::string& name, const std::string& help, const http::Labels& labels,
             std::function<std::uint64_t()> now);

    http::Metrics& metrics_;
    db::Database& database_;
    const db::WriteQueue& queue_;
    const operators::WorkItems& work_items_;
    std::vector<Source> sources_;
    std::vector<std::pair<http::Gauge*, const http::Server*>> in_flight_;
    void read_backlog(db::Reader& reader);
    const Clock* clock_ = nullptr;  // of the backlog, once it is watched
    std::vector<std::string> counterparties_;
    std::vector<std::pair<http::Gauge*, std::function<std::int64_t()>>> levels_;
    std::mutex mutex_;  // two askers at once would count twice
};

}  // namespace huiqiao::api
