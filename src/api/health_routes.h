#pragma once
// For those who watch the process, on the operators' listener and unsigned: is it alive, can it take work, what does it
// count. Ready means: the schema is this program's, and an empty group was committed within the last second or now.

#include <functional>
#include <mutex>

#include "src/api/metrics_page.h"
#include "src/base/clock.h"
#include "src/http/router.h"

namespace huiqiao::api {

class HealthRoutes {
 public:
    static constexpr std::chrono::seconds kAnswerKept{1};
    static constexpr std::chrono::seconds kCommitWithin{5};

    /// idle: the answer to GET /health/idle; none: no such route.
    HealthRoutes(const Clock& clock, db::Database& database, db::WriteQueue& queue, MetricsPage& page,
                 std::function<http::Response()> idle);
    ~HealthRoutes();
    void add_to(http::Router& router);

 private:
    class Probe;
    http::Response ready();

    const Clock& clock_;
    db::Database& database_;
    db::WriteQueue& queue_;
    MetricsPage& page_;
    std::function<http::Response()> idle_;
    std::unique_ptr<Probe> probe_;
    std::mutex mutex_;
    bool looked_ = false;
    Monotonic looked_at_{0};
    http::Response kept_;
};

}  // namespace huiqiao::api
