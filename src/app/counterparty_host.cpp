#include "src/app/counterparty_host.h"

#include "src/http/json_writer.h"
#include "src/http/problem.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kSendTimeout = 5s;
constexpr auto kPause = 2ms;  // between two looks at what is due
constexpr std::size_t kDeepestPath = 6;

}  // namespace

CounterpartyHost::CounterpartyHost(const Clock& clock, sandbox::Counterparty& counterparty,
                                   std::map<std::string, std::string> addresses, std::uint16_t port)
    : clock_(clock),
      counterparty_(counterparty),
      addresses_(std::move(addresses)),
      client_(clock, {}),
      server_(clock, routes(), [port] {
          http::ServerSettings settings;
          settings.port = port;
          settings.threads = 16;
          return settings;
      }()) {}

CounterpartyHost::~CounterpartyHost() {
    stop();
}

Status CounterpartyHost::start() {
    if (const Status listening = server_.start(); !listening) return listening;
    sender_ = std::thread([this] { send_loop(); });
    return Done{};
}

void CounterpartyHost::stop() {
    stopping_ = true;
    if (sender_.joinable()) sender_.join();
    server_.stop();
}

http::Router CounterpartyHost::routes() {
    http::Router router;
    const auto handler = [this](const http::Request& request, const http::PathParameters&) { return answer(request); };
    std::string pattern;
    for (std::size_t depth = 1; depth <= kDeepestPath; ++depth) {
        pattern += "/{s" + std::to_string(depth) + "}";
        for (const http::Method method : {http::Method::Get, http::Method::Post, http::Method::Delete}) {
            router.add(method, pattern, {std::size_t{4} * 1024 * 1024}, handler);
        }
    }
    return router;
}

http::Response CounterpartyHost::answer(const http::Request& request) {
    if (request.path == "/admin/idle") {
        http::JsonWriter json;
        json.open_object()
            .field("idle_at_us", idle_at_us_.load())
            .field("rounds", rounds_.load())
            .field("done", done_.load())
            .close_object();
        return http::Response::json(200, json.take());
    }
    const std::scoped_lock lock(counterparty_mutex_);
    ++done_;
    return counterparty_.answer(request, clock_.now());
}

std::size_t CounterpartyHost::send_due() {
    const Instant now = clock_.now();
    for (const http::Completion& done : client_.take_completed(clock_.monotonic())) {
        const auto at = under_way_.find(done.handle);
        if (at == under_way_.end()) continue;
        const std::scoped_lock lock(counterparty_mutex_);
        counterparty_.sent(at->second, done.outcome, now);
        under_way_.erase(at);
    }
    std::vector<sandbox::Sending> due;
    {
        const std::scoped_lock lock(counterparty_mutex_);
        due = counterparty_.due(now);
        idle_at_us_ = due.empty() && under_way_.empty() ? to_us(now) : 0;
    }
    ++rounds_;
    done_ += static_cast<std::int64_t>(due.size());
    for (sandbox::Sending& sending : due) {
        http::OutgoingRequest request;
        request.method = sending.method;
        request.base_url = addresses_[sending.to];
        request.target = std::move(sending.target);
        request.headers = std::move(sending.headers);
        request.body = std::move(sending.body);
        request.deadline = clock_.monotonic() + kSendTimeout;
        under_way_.emplace(client_.start(std::move(request)), std::move(sending.id));
    }
    return under_way_.size();
}

void CounterpartyHost::send_loop() {
    while (!stopping_) {
        send_due();
        client_.wait(kPause);
    }
}

}  // namespace huiqiao::app
