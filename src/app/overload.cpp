#include "src/app/overload.h"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <thread>

#include "src/app/bench_figures.h"
#include "src/app/open_load.h"
#include "src/app/overload_stage.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

struct OverloadOptions {
    std::filesystem::path config_file;
    std::filesystem::path output;  // processes, database and logs stand beside it, in "overload"
    int seconds = 0;               // of the overload itself
    int times = 0;                 // what the service can do
};

constexpr int kConnections = 192;      // twenty-four of each platform
constexpr int kPeakConnections = 128;  // as many as limits.under_way lets in: more in a group, more a second
constexpr int kPeakSeconds = 8;
constexpr int kCalmSeconds = 5;
constexpr int kRecoverySeconds = 15;
constexpr int kMostOrders = 400'000;  // signed beforehand, about 2 KB each
constexpr int kSlow = 1000;
constexpr int kGentle = 100;  // orders a second beside the slow ones
constexpr auto kNoticeEvery = 50ms;
constexpr std::int64_t kAlwaysFast_us = 20'000;
constexpr std::int64_t kNearlyAll = 970;  // of a thousand

/// What a figure should be; none: it is told for itself.
struct Goal {
    enum class Kind { None, AtLeast, AtMost };
    Kind kind = Kind::None;
    std::int64_t limit = 0;

    [[nodiscard]] bool is_met_by(std::int64_t value) const {
        return kind == Kind::None || (kind == Kind::AtLeast ? value >= limit : value <= limit);
    }
    [[nodiscard]] std::string text() const {
        if (kind == Kind::None) return "";
        return (kind == Kind::AtLeast ? "at least " : "at most ") + std::to_string(limit);
    }
};
Goal at_least(std::int64_t limit) {
    return {Goal::Kind::AtLeast, limit};
}
Goal at_most(std::int64_t limit) {
    return {Goal::Kind::AtMost, limit};
}

struct Row {
    std::string name;
    std::int64_t value;
    std::string unit;
    Goal goal;
};

std::int64_t percentile(std::vector<std::int64_t> values, std::int64_t per_mille) {
    if (values.empty()) return 0;
    const auto place = std::min(values.size() - 1, values.size() * static_cast<std::size_t>(per_mille) / 1000);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
    return values[place];
}

std::vector<std::int64_t> took(const std::vector<Shot>& shots, bool accepted) {
    std::vector<std::int64_t> times;
    for (const Shot& shot : shots) {
        if ((shot.status == 201) == accepted && shot.status != 0) times.push_back(shot.told_us - shot.sent_us);
    }
    return times;
}

std::int64_t count(const std::vector<Shot>& shots, int status) {
    return std::count_if(shots.begin(), shots.end(), [status](const Shot& shot) { return shot.status == status; });
}

/// Tells notices and looks at the operators' listener all the while, on a thread of its own.
class Beside {
 public:
    explicit Beside(OverloadStage& stage) : stage_(stage), thread_([this] { run(); }) {}
    ~Beside() { stop(); }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    void stop() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }
    // After stop().
    std::vector<std::int64_t> notices_us;
    int notices_refused = 0;
    std::vector<std::int64_t> operators_us;
    int operators_silent = 0;

 private:
    void run() {
        for (int number = 0; !stopping_; ++number) {
            measure(stage_.notice(number), notices_us, notices_refused);
            if (number % 10 == 0) measure(stage_.get("operators", "/metrics"), operators_us, operators_silent);
            OverloadStage::pause(kNoticeEvery);
        }
    }
    void measure(http::OutgoingRequest request, std::vector<std::int64_t>& times, int& failed) {
        const Monotonic begin = stage_.clock().monotonic();
        const http::Outcome outcome = stage_.call(std::move(request));
        if (outcome.kind != http::OutcomeKind::Answered || outcome.answer.status != 200) {
            ++failed;
            return;
        }
        times.push_back((stage_.clock().monotonic() - begin).count());
    }

    OverloadStage& stage_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

/// Connections that send half a head, or half a body, and then nothing.
class SlowSenders {
 public:
    explicit SlowSenders(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        for (int at = 0; at < kSlow; ++at) {
            const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockets_.push_back(socket);
            if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) continue;
            const std::string_view part =
                at % 2 == 0 ? "POST /v1/orders HTTP/1.1\r\nHost: h"
                            : "POST /v1/orders HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n{";
            if (::send(socket, part.data(), part.size(), MSG_NOSIGNAL) > 0) ++open_;
        }
    }
    ~SlowSenders() {
        for (const int socket : sockets_) ::close(socket);
    }
    SlowSenders(const SlowSenders&) = delete;
    SlowSenders& operator=(const SlowSenders&) = delete;
    [[nodiscard]] int open() const { return open_; }

 private:
    std::vector<int> sockets_;
    int open_ = 0;
};

class Measurement {
 public:
    explicit Measurement(const OverloadOptions& options)
        : options_(options),
          stage_(std::filesystem::absolute(options.output).parent_path() / "overload", options.config_file) {}

    bool run() {
        peak();
        calm();
        overload();
        recover();
        slow();
        compare();
        write();
        return print();
    }

 private:
    std::vector<Shot> fire(OpenLoad load, int most) {
        const std::vector<std::string> requests = stage_.signed_orders(std::min(most, kMostOrders));
        load.port = load.port == 0 ? stage_.port("platforms") : load.port;
        load.requests = &requests;
        std::vector<Shot> shots = run_open_load(load, stage_.clock());
        for (const Shot& shot : shots) {
            if (shot.status == 201) acknowledged_.insert(OverloadStage::number_of(requests[shot.request]));
            const bool refused = shot.status == 429 || shot.status == 503;
            if (shot.status != 201 && !(refused && shot.has_retry_after)) ++other_answers_;
        }
        return shots;
    }
    /// Told at once, for whoever waits; the table comes at the end.
    void show(std::string name, std::int64_t value, std::string unit, Goal goal = {}) {
        std::cerr << "  " << name << ": " << value << ' ' << unit << '\n';
        rows_.push_back({std::move(name), value, std::move(unit), goal});
    }
    /// True where every goal was met.
    [[nodiscard]] bool print() const {
        bool met = true;
        std::cout << "| What | Figure | Unit | Goal | Met |\n|---|--:|---|---|---|\n";
        for (const Row& row : rows_) {
            const bool is_met = row.goal.is_met_by(row.value);
            met = met && is_met;
            std::cout << "| " << row.name << " | " << row.value << " | " << row.unit << " | " << row.goal.text()
                      << " | "
                      << (row.goal.kind == Goal::Kind::None ? ""
                          : is_met                          ? "yes"
                                                            : "**no**")
                      << " |\n";
        }
        return met;
    }

    void peak() {
        fire({.connections = kPeakConnections, .lasting = 2s}, 20'000);  // caches and keys
        const std::vector<Shot> shots = fire(
            {.connections = kPeakConnections, .lasting = std::chrono::seconds(kPeakSeconds)}, 8'000 * kPeakSeconds);
        peak_ = per_second(count(shots, 201), shots.empty() ? 1 : shots.back().told_us);
        show("peak", peak_, "orders/s");
    }
    void calm() {
        Beside beside(stage_);
        const auto shots =
            fire({.connections = kConnections, .per_second = half(), .lasting = std::chrono::seconds(kCalmSeconds)},
                 half() * kCalmSeconds);
        beside.stop();
        calm_p99_us_ = percentile(took(shots, true), 990);
        show("at half the peak, p99", calm_p99_us_, "us");
        const auto asked = static_cast<std::int64_t>(shots.size());
        show("at half the peak, refused", asked - count(shots, 201), "", at_most(asked * (1000 - kNearlyAll) / 1000));
        show("a notice at half the peak, p99", percentile(beside.notices_us, 990), "us", at_most(200'000));  // NTF-11
        calm_notices_refused_ = beside.notices_refused;
    }
    void overload() {
        const auto rate = static_cast<int>(peak_) * options_.times;
        Beside beside(stage_);
        const auto shots = fire({.connections = kConnections,
                                 .per_second = rate,
                                 .again = 3,
                                 .lasting = std::chrono::seconds(options_.seconds)},
                                rate * options_.seconds);
        beside.stop();
        const std::int64_t lasted_us = std::int64_t{options_.seconds} * 1'000'000;
        const std::int64_t goodput = per_second(count(shots, 201), lasted_us);
        const auto all = std::max<std::int64_t>(1, static_cast<std::int64_t>(shots.size()));
        show("offered: due by the clock", rate, "requests/s");
        show("offered: sent, with three more tries at once", per_second(all, lasted_us), "requests/s");
        show("goodput", goodput, "orders/s");
        show("goodput of the peak", peak_ == 0 ? 0 : goodput * 100 / peak_, "%", at_least(80));
        show("answered 429", count(shots, 429) * 100 / all, "%");
        show("answered 503", count(shots, 503) * 100 / all, "%");
        const auto refusals = took(shots, false);
        show("a refusal, p50", percentile(refusals, 500), "us");
        show("a refusal, p99", percentile(refusals, 990), "us", at_most(49'999));
        show("an accepted order, p99", percentile(took(shots, true), 990), "us");
        show("a notice, p99", percentile(beside.notices_us, 990), "us", at_most(1'000'000));
        show("notices told", static_cast<std::int64_t>(beside.notices_us.size()), "");
        show("notices refused", calm_notices_refused_ + beside.notices_refused, "", at_most(0));
        show("operators' metrics, p99", percentile(beside.operators_us, 990), "us");
        show("operators' metrics unanswered", beside.operators_silent, "", at_most(0));
    }
    /// Until two seconds running were as before: hardly anything refused (a slow COMMIT of this disk alone brings as
    /// many requests together as are let in), and as fast.
    void recover() {
        const auto shots =
            fire({.connections = kConnections, .per_second = half(), .lasting = std::chrono::seconds(kRecoverySeconds)},
                 half() * kRecoverySeconds);
        const std::int64_t fast_us = std::max(calm_p99_us_ * 2, kAlwaysFast_us);
        int good = 0;
        int second = 0;
        for (; second < kRecoverySeconds && good < 2; ++second) {
            std::vector<Shot> within;
            std::copy_if(shots.begin(), shots.end(), std::back_inserter(within),
                         [second](const Shot& shot) { return shot.due_us / 1'000'000 == second; });
            const std::int64_t p99_us = percentile(took(within, true), 990);
            const std::int64_t accepted = count(within, 201);
            const bool as_before =
                accepted * 1000 >= static_cast<std::int64_t>(within.size()) * kNearlyAll && p99_us <= fast_us;
            std::cerr << "  second " << second + 1 << " after it: " << accepted << " of " << within.size()
                      << " accepted, p99 " << p99_us << " us\n";
            good = as_before ? good + 1 : 0;
        }
        show("as fast again, and 97 % accepted, after", good < 2 ? kRecoverySeconds : second - good, "s", at_most(10));
    }
    void slow() {
        if (!std::filesystem::exists("/usr/sbin/haproxy")) {
            // Not measured is not met.
            show("slow connections: HAProxy is not installed", 0, "", at_least(kSlow));
            return;
        }
        const std::uint16_t front = stage_.start_front();
        const auto gentle = [&] {
            return fire({.port = front,
                         .connections = 20,
                         .per_second = kGentle,
                         .lasting = std::chrono::seconds(kCalmSeconds)},
                        kGentle * kCalmSeconds);
        };
        const auto alone = gentle();
        show("through HAProxy, p99", percentile(took(alone, true), 990), "us");
        std::vector<Shot> beside;
        {
            const SlowSenders senders(front);
            beside = gentle();
            show("slow connections", senders.open(), "", at_least(kSlow));
        }
        const std::int64_t alone_us = std::max<std::int64_t>(1, percentile(took(alone, true), 990));
        show("through HAProxy beside slow ones, p99", percentile(took(beside, true), 990), "us");
        show("that p99 of the one before", percentile(took(beside, true), 990) * 100 / alone_us, "%", at_most(200));
        show("orders refused beside slow ones", static_cast<std::int64_t>(beside.size()) - count(beside, 201), "",
             at_most(0));
    }
    void compare() {
        const std::set<std::string> written = stage_.stop_and_read_orders();
        std::vector<std::string> lost;
        std::set_difference(acknowledged_.begin(), acknowledged_.end(), written.begin(), written.end(),
                            std::back_inserter(lost));
        show("orders acknowledged", static_cast<std::int64_t>(acknowledged_.size()), "");
        show("acknowledged and not there", static_cast<std::int64_t>(lost.size()), "", at_most(0));
        show("answers neither 201 nor 429 nor 503", other_answers_, "", at_most(0));
    }
    void write() const {
        http::JsonWriter json;
        json.open_array();
        for (const Row& row : rows_)
            json.open_object()
                .field("name", row.name)
                .field("value", row.value)
                .field("unit", row.unit)
                .field("goal", row.goal.text())
                .field("met", row.goal.is_met_by(row.value))
                .close_object();
        json.close_array();
        std::ofstream(options_.output) << json.take() << '\n';
    }
    [[nodiscard]] int half() const { return std::max(1, static_cast<int>(peak_ / 2)); }

    const OverloadOptions& options_;
    OverloadStage stage_;
    std::vector<Row> rows_;
    std::set<std::string> acknowledged_;
    std::int64_t peak_ = 0;
    std::int64_t calm_p99_us_ = 0;
    std::int64_t other_answers_ = 0;
    int calm_notices_refused_ = 0;
};

int run_overload(const OverloadOptions& options) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    try {
        return Measurement(options).run() ? 0 : 1;
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << '\n';
        return 2;
    }
}

}  // namespace

void add_overload(CommandLine& line) {
    const auto options = std::make_shared<OverloadOptions>();
    CLI::App& overload = line.add("overload", "Five times what the service can do, and slow connections",
                                  [options] { return run_overload(*options); });
    overload.add_option("--config", options->config_file)->default_val("config/huiqiao.conf");
    overload.add_option("--into", options->output)->default_val("build/overload.json");
    overload.add_option("--seconds", options->seconds, "Of the overload itself")->default_val(20);
    overload.add_option("--times", options->times, "What the service can do")->default_val(5);
}

}  // namespace huiqiao::app
