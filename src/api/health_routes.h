#pragma once
// For those who watch the process, on the operators' listener and unsigned: is it alive, can it take work, what does it
// count. Ready means: the schema is this program's, and an empty group was committed within the last second or now.
// What stands in the way is named in words that an operator can act on, by the writer's trouble and by what the process
// watches itself; of the latter each says whether it makes the process unready.

#include <functional>
#include <mutex>

#include "src/api/metrics_page.h"
#include "src/base/clock.h"
#include "src/http/router.h"

namespace huiqiao::api {

/// What the process sees of its own condition.
struct Warning {
    Error what;
    bool unready = false;  // it does not do its work; else it is only told
};

class HealthRoutes {
 public:
    static constexpr std::chrono::seconds kAnswerKept{1};
    static constexpr std::chrono::seconds kCommitWithin{5};

    /// idle: the answer to GET /health/idle; none: no such route.
    HealthRoutes(const Clock& clock, db::Database& database, db::WriteQueue& queue, MetricsPage& page,
                 std::function<http::Response()> idle, std::function<std::vector<Warning>()> warnings = {});
    ~HealthRoutes();
    void add_to(http::Router& router);

 private:
    class Probe;
    http::Response ready();
    std::optional<db::Trouble> look(bool& readable, bool& migrated, bool& writable);

    const Clock& clock_;
    db::Database& database_;
    db::WriteQueue& queue_;
    MetricsPage& page_;
    std::function<http::Response()> idle_;
    std::function<std::vector<Warning>()> warnings_;
    std::unique_ptr<Probe> probe_;
    std::mutex mutex_;
    bool looked_ = false;
    Monotonic looked_at_{0};
    http::Response kept_;
};

}  // namespace huiqiao::api
