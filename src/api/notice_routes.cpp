#include "src/api/notice_routes.h"

#include <set>

#include "src/base/planted.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

struct AlarmItem final : db::Item {
    std::string channel;
};

class AlarmWork final : public db::Work {
 public:
    AlarmWork(const operators::WorkItems& work_items, std::span<const std::shared_ptr<db::Item>> items)
        : work_items_(work_items) {
        for (const auto& item : items) channels_.insert(static_cast<const AlarmItem&>(*item).channel);
    }
    void run(db::Group& group) override {
        for (const std::string& channel : channels_) {
            work_items_.open(group, {"forged_notices", "channel", channel,
                                     "Notices at " + channel + " carry signatures that are not the channel's.",
                                     channel + " 收到多条签名无效的通知。"});
        }
    }

 private:
    const operators::WorkItems& work_items_;
    std::set<std::string> channels_;
};

}  // namespace

class NoticeRoutes::ForgedAlarm final : public db::Operation {
 public:
    explicit ForgedAlarm(const operators::WorkItems& work_items) : work_items_(work_items) {}
    [[nodiscard]] std::string_view name() const override { return "forged_notices"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<AlarmWork>(work_items_, items);
    }

 private:
    const operators::WorkItems& work_items_;
};

NoticeRoutes::NoticeRoutes(const Clock& clock, IdSource& ids, db::WriteQueue& queue, flow::Collect& collect,
                           const operators::WorkItems& work_items, http::Metrics& metrics,
                           std::vector<NoticeChannel> channels, NoticeSettings settings)
    : clock_(clock),
      ids_(ids),
      queue_(queue),
      collect_(collect),
      metrics_(metrics),
      settings_(settings),
      alarm_(std::make_unique<ForgedAlarm>(work_items)) {
    for (NoticeChannel& channel : channels) {
        std::string name = channel.name;
        channels_.emplace(std::move(name), std::move(channel));
    }
}

NoticeRoutes::~NoticeRoutes() = default;

void NoticeRoutes::add_to(http::Router& router) {
    router.add(http::Method::Post, "/notices/{channel}", {kMostBytes},
               [this](const http::Request& request, const http::PathParameters& path) {
                   return take(request, path.at("channel"));
               });
}

http::Response NoticeRoutes::take(const http::Request& request, const std::string& name) {
    const std::string request_id = ids_.next("req");
    const auto channel = channels_.find(name);
    // The name stands in the label only where it is one of ours.
    http::Response response =
        channel == channels_.end()
            ? http::problem(Error(flow::collect_error::kUnknownChannel, {{"channel", "of that name"}}), request_id)
            : answer(request, channel->second, request_id);
    metrics_
        .counter(
            "huiqiao_notices_total", "Notices of channels by the status they were answered.",
            {{"channel", channel == channels_.end() ? "unknown" : name}, {"status", std::to_string(response.status)}})
        .add();
    return response;
}

http::Response NoticeRoutes::answer(const http::Request& request, const NoticeChannel& channel,
                                    const std::string& request_id) {
    const auto item = collect_.check_notice(channel.name, request.headers.all(), request.body);
    if (!item) {
        if (item.error().code == &orders::channel_error::kForgedNotice) note_forged(channel.name);
        return http::problem(item.error(), request_id, settings_.retry_after_s);
    }
    const auto ticket = queue_.submit(collect_.store_notice(), *item);
    if (!ticket) return http::problem(ticket.error(), request_id, settings_.retry_after_s);
    if (is_planted(Bug::AnswerBeforeCommit)) return channel.acknowledged;
    const Status committed = queue_.wait(*ticket, clock_.monotonic() + settings_.answer_within);
    // Not acknowledged, it comes again: a copy changes nothing.
    if (!committed) return http::problem(committed.error(), request_id, settings_.retry_after_s);
    return channel.acknowledged;
}

bool NoticeRoutes::are_too_many(const std::string& channel) {
    const Monotonic now = clock_.monotonic();
    const std::scoped_lock lock(mutex_);
    std::vector<Monotonic>& times = forged_[channel];
    std::erase_if(times, [now](Monotonic at) { return now - at >= std::chrono::minutes(1); });
    times.push_back(now);
    if (times.size() <= static_cast<std::size_t>(settings_.forged_in_a_minute)) return false;
    times.clear();  // one alarm for so many: who floods us causes no flood of writes
    return true;
}

void NoticeRoutes::note_forged(const std::string& channel) {
    if (!are_too_many(channel)) return;
    auto item = std::make_shared<AlarmItem>();
    item->channel = channel;
    // Nobody waits for it: the forger least of all. A full queue drops it; the counter still tells.
    const auto ticket = queue_.submit(*alarm_, item);
    static_cast<void>(ticket);
}

}  // namespace huiqiao::api
