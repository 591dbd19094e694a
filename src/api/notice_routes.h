#pragma once
// POST /notices/{channel}: what channels tell us. A notice is stored raw before it is acknowledged, in the channel's
// own form, and processed later by a worker (NTF-01). A forged one is answered 401, counted and not stored; more than
// five within a minute open a work item (NTF-04). A genuine one that cannot be read is stored all the same: a person
// looks.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/base/id.h"
#include "src/flow/collect.h"
#include "src/http/metrics.h"
#include "src/http/router.h"
#include "src/operators/work_item.h"

namespace huiqiao::api {

/// A channel of the collect flow, and what it takes as "received".
struct NoticeChannel {
    std::string name;  // of the path: "sandbox-pay"
    http::Response acknowledged;
};

struct NoticeSettings {
    std::chrono::seconds answer_within{10};  // what a notice may wait for its COMMIT; then 503, and it comes again
    int retry_after_s = 2;
    int forged_in_a_minute = 5;  // more than these: a person is told
};

class NoticeRoutes {
 public:
    static constexpr std::size_t kMostBytes = std::size_t{64} * 1024;

    NoticeRoutes(const Clock& clock, IdSource& ids, db::WriteQueue& queue, flow::Collect& collect,
                 const operators::WorkItems& work_items, http::Metrics& metrics, std::vector<NoticeChannel> channels,
                 NoticeSettings settings);
    ~NoticeRoutes();
    void add_to(http::Router& router);

 private:
    class ForgedAlarm;
    http::Response take(const http::Request& request, const std::string& channel);
    http::Response answer(const http::Request& request, const NoticeChannel& channel, const std::string& request_id);
    void note_forged(const std::string& channel);
    bool are_too_many(const std::string& channel);

    const Clock& clock_;
    IdSource& ids_;
    db::WriteQueue& queue_;
    flow::Collect& collect_;
    http::Metrics& metrics_;
    std::map<std::string, NoticeChannel, std::less<>> channels_;
    NoticeSettings settings_;
    std::unique_ptr<ForgedAlarm> alarm_;
    std::mutex mutex_;
    std::map<std::string, std::vector<Monotonic>> forged_;  // by channel: the last few times, bounded
};

}  // namespace huiqiao::api
