#include "src/app/bench_stream.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "fx/quote_store.h"
#include "src/api/desk_stream.h"
#include "src/app/bench_world.h"
#include "src/app/workers.h"
#include "src/flow/operation_of.h"
#include "src/http/server.h"
#include "src/operators/operator.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr const char* kReader = "opr_bench";
constexpr std::int64_t kMost_us = 50'000;
constexpr int kQuotesOfRound = 200;
constexpr int kPause_ms = 10;  // a hundred quotes a second
constexpr int kSilence_ms = 10'000;
constexpr int kOrdersBeside = 20;  // of a group, with every tenth quote

struct QuoteItem final : db::Item {
    std::string id;
};

struct Nothing {};

class ShowQuotes final : public db::Work {
 public:
    ShowQuotes(const Nothing&, std::vector<QuoteItem*> items) : items_(std::move(items)) {}
    void run(db::Group& group) override {
        const Rate rate = Rate::parse(Currency::known("USD"), Currency::known("CNY"), 1, "7.1234").value();
        std::vector<fx::Quote> quotes;
        for (const QuoteItem* item : items_) {
            quotes.push_back({.id = item->id,
                              .bank = "bench-bank",
                              .bank_rate = rate,
                              .client_rate = rate,
                              .mid = rate,
                              .markup_bp = 0,
                              .bank_reference = item->id,
                              .received_at = group.now,
                              .valid_until = group.now + 1min,
                              .state = fx::QuoteState::Open});
        }
        fx::QuoteStore::insert_quotes(group.tx, quotes, std::vector<std::string>(quotes.size()));
    }

 private:
    std::vector<QuoteItem*> items_;
};

/// Reads the stream on a thread of its own, and notes when each quote came.
class StreamReader {
 public:
    StreamReader(std::uint16_t port, const Clock& clock)
        : clock_(clock), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const std::string ask = "GET /stream HTTP/1.1\r\nHost: bench\r\n\r\n";
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::send(socket_, ask.data(), ask.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(ask.size()))
            throw std::runtime_error("The stream cannot be read.");
        thread_ = std::thread([this] { run(); });
    }
    ~StreamReader() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }
    StreamReader(const StreamReader&) = delete;
    StreamReader& operator=(const StreamReader&) = delete;

    /// A quote's event, or the first event of all where none is named. False: it did not come in time.
    bool wait_for(const std::string& quote = "") {
        for (int waited = 0; waited < kSilence_ms; waited += kPause_ms) {
            {
                const std::lock_guard lock(mutex_);
                if (quote.empty() ? has_begun_ : came_.contains(quote)) return true;
            }
            ::poll(nullptr, 0, kPause_ms);
        }
        return false;
    }
    std::map<std::string, Monotonic> came() {
        const std::lock_guard lock(mutex_);
        return came_;
    }

 private:
    void run() {
        std::string text;
        char bytes[65'536];
        for (;;) {
            const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
            if (count <= 0) return;
            const Monotonic now = clock_.monotonic();
            text.append(bytes, static_cast<std::size_t>(count));
            for (std::size_t end = text.find("\n\n"); end != std::string::npos; end = text.find("\n\n")) {
                const std::lock_guard lock(mutex_);
                const std::string event = text.substr(0, end);
                text.erase(0, end + 2);
                has_begun_ = true;
                constexpr std::string_view kId = "data: {\"id\":\"";
                const std::size_t at = event.find(kId);
                if (at == std::string::npos) continue;
                const std::size_t begin = at + kId.size();
                came_.emplace(event.substr(begin, event.find('"', begin) - begin), now);
            }
        }
    }

    const Clock& clock_;
    int socket_;
    std::mutex mutex_;
    bool has_begun_ = false;
    std::map<std::string, Monotonic> came_;
    std::thread thread_;
};

/// The desk's stream over a world, as the service runs it.
class StreamStage {
 public:
    StreamStage(BenchWorld& world, db::Database& reads)
        : world_(world),
          stream_(world.clock, reads, world.work_items, {}),
          workers_(
              world.clock, {{"stream", [this](Instant now) { return stream_.step(now); }}}, [] { return false; },
              [](const std::string&, const std::string&) {}, {.busy = 5ms, .idle = 20ms}) {
        operators::Operator reader;
        reader.id = kReader;
        reader.person_id = "bench";
        reader.role = operators::Role::Viewer;
        reader.public_key = "none";
        reader.created_at = world.clock.now();
        reads.write([&](db::Tx& tx) { operators::OperatorStore::insert(tx, reader); });
        http::Router router;
        router.get("/stream", [this](const http::Request&, const http::PathParameters&) {
            http::Response response;
            response.headers.set("Content-Type", "text/event-stream");
            response.stream = stream_.open(kReader, "").value();
            return response;
        });
        server_ = std::make_unique<http::Server>(world.clock, std::move(router), http::ServerSettings{});
        if (const Status started = server_->start(); !started) throw std::runtime_error(started.error().english());
        world.queue.when_committed([this] { workers_.wake(); });
        world.queue.start();
        workers_.start();
    }
    ~StreamStage() {
        workers_.stop();
        server_->stop();
        world_.queue.stop();
    }
    StreamStage(const StreamStage&) = delete;
    StreamStage& operator=(const StreamStage&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

 private:
    BenchWorld& world_;
    api::DeskStream stream_;
    Workers workers_;
    std::unique_ptr<http::Server> server_;
};

std::int64_t slowest_hundredth_us(BenchWorld& world, StreamReader& reader, int count) {
    const Nothing nothing;
    flow::OperationOf<ShowQuotes, QuoteItem, Nothing> show(nothing, "show_quotes");
    std::map<std::string, Monotonic> sent;
    std::string last;
    std::int64_t order = 0;
    for (int at = 0; at < count; ++at) {
        if (at % 10 == 0) {
            for (const auto& item : world.intake_items(order, kOrdersBeside))
                (void)world.queue.submit(world.intake, item);
            order += kOrdersBeside;
        }
        const auto item = std::make_shared<QuoteItem>();
        item->id = last = world.ids.next("qot");
        sent.emplace(item->id, world.clock.monotonic());
        if (!world.queue.submit(show, item)) throw std::runtime_error("A quote was not taken.");
        ::poll(nullptr, 0, kPause_ms);
    }
    const bool is_there = reader.wait_for(last);
    const std::map<std::string, Monotonic> came = reader.came();
    std::vector<std::int64_t> took;
    for (const auto& [id, at] : sent) {
        const auto found = came.find(id);
        if (!is_there || found == came.end()) throw std::runtime_error("A quote did not come on the stream.");
        took.push_back((found->second - at).count());
    }
    std::sort(took.begin(), took.end());
    return took[(took.size() * 99 - 1) / 100];
}

}  // namespace

std::vector<Figure> measure_stream(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds) {
    const SystemClock clock;
    BenchWorld world(engine.fresh(clock, "stream"), chart);
    world.register_parties();
    db::Database reads(engine.settings("stream"), clock);
    const StreamStage stage(world, reads);
    StreamReader reader(stage.port(), clock);
    if (!reader.wait_for()) throw std::runtime_error("The stream does not begin.");
    const std::int64_t p99 = slowest_hundredth_us(world, reader, kQuotesOfRound * rounds.rounds);
    return {{"stream_latency", engine.name(), p99, "us p99", std::nullopt, std::nullopt, std::nullopt, kMost_us}};
}

}  // namespace huiqiao::app
