#include "src/app/bench_api.h"

#include <time.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "src/api/order_json.h"
#include "src/api/order_routes.h"
#include "src/api/request_store.h"
#include "src/app/bench_load.h"
#include "src/http/server.h"

namespace huiqiao::app {

namespace {

constexpr int kGroup = 500;
constexpr int kSingleConnections = 64;
constexpr int kBatchConnections = 6;
constexpr int kServerThreads = 80;
constexpr const char* kSinglePath = "/v1/orders";

std::int64_t process_cpu_us() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return spent.tv_sec * 1'000'000 + spent.tv_nsec / 1000;
}

/// The API's listener for platforms over a world, as the service builds it.
class Desk {
 public:
    Desk(db::DatabaseSettings settings, const ledger::Chart& chart)
        : world(std::move(settings), chart),
          answers(crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, world.random)),
          authentication(world.clock, world.database, {}),
          cursors_(Secret(std::string(32, 'c'))),
          api_(world.clock, world.ids, world.random, world.database, world.queue, authentication, cursors_,
               answers_key(), {}),
          routes_(api_, world.intake, world.cancel, world.sealer),
          recorded_intake_(world.intake, world.sealer) {
        world.register_parties();
    }

    void serve() {
        world.queue.start();
        http::Router router;
        routes_.add_to(router);
        start(std::move(router));
    }
    /// Only bytes in and out: a fixed answer of the same size.
    void serve_bare(const http::Response& answer) {
        http::Router router;
        router.post(kSinglePath, [answer](const http::Request&, const http::PathParameters&) { return answer; });
        start(std::move(router));
    }
    void stop_serving() { server_.reset(); }
    ~Desk() {
        stop_serving();
        world.queue.stop();
    }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] http::SignatureKey answers_key() const { return {&answers, "huiqiao-answers"}; }

    /// A platform's request, signed now.
    http::OutgoingRequest signed_request(const char* path, std::string body) {
        return BenchWorld::signed_post(path, std::move(body), server_ ? port() : 0, world.platform_key, world.clock,
                                       world.random);
    }
    /// As it comes out of the server's reader.
    static http::Request received(const http::OutgoingRequest& sent) {
        http::Request request;
        request.method = sent.method;
        (void)http::set_target(request, sent.target);
        request.headers = sent.headers;
        request.headers.set("Host", sent.base_url.substr(sent.base_url.find("://") + 3));
        request.body = sent.body;
        return request;
    }
    /// What the route makes of one order: prepared, with nonce, key and the answer that is kept.
    std::shared_ptr<db::Item> recorded(const flow::IntakeOrder& order, const http::Request& request) {
        auto item = std::make_shared<api::RecordedItem>();
        item->request_id = world.ids.next("req");
        item->received_at = world.clock.now();
        item->nonce_key = api::nonce_key(BenchWorld::kKeyId, item->request_id);
        item->idempotency_key = api::idempotency_key(BenchWorld::kPlatform, "bench-" + item->request_id);
        item->fingerprint = api::request_fingerprint("POST", request.target, request.body);
        item->inner = world.intake.prepare({BenchWorld::kPlatform, item->request_id, {order}}).value();
        item->answer = [id = item->request_id](const db::Item& done) {
            return api::single_answer(static_cast<const flow::IntakeItem&>(done).answers.front(), id);
        };
        return item;
    }
    [[nodiscard]] api::RecordedOperation& recorded_intake() { return recorded_intake_; }

    BenchWorld world;
    crypto::SigningKey answers;
    api::Authentication authentication;

 private:
    void start(http::Router router) {
        http::ServerSettings settings;
        settings.threads = kServerThreads;
        server_ = std::make_unique<http::Server>(world.clock, std::move(router), settings);
        if (const Status started = server_->start(); !started) throw std::runtime_error(started.error().english());
    }
    http::CursorCodec cursors_;
    api::PlatformApi api_;
    api::OrderRoutes routes_;
    api::RecordedOperation recorded_intake_;
    std::unique_ptr<http::Server> server_;
};

/// CPU microseconds of one order in each part alone, times a thousand.
class Parts {
 public:
    Parts(Desk& desk, const BenchEngine& engine) : desk_(desk), engine_(engine) {}

    std::int64_t sum_e3(std::int64_t& next, int count) {
        std::vector<http::OutgoingRequest> sent;
        std::vector<flow::IntakeOrder> orders;
        std::vector<std::string> bodies;
        const std::int64_t first = next;
        next += count;
        for (std::int64_t n = first; n < next; ++n) bodies.push_back(BenchWorld::order_json(n));
        std::int64_t sum = cpu_e3(count, [&](int at) {
            sent.push_back(desk_.signed_request(kSinglePath, std::move(bodies[static_cast<std::size_t>(at)])));
        });
        std::vector<http::Request> requests;
        for (const http::OutgoingRequest& request : sent) requests.push_back(Desk::received(request));
        sum += cpu_e3(count, [&](int at) {
            if (!desk_.authentication.authenticate(requests[static_cast<std::size_t>(at)]))
                throw std::runtime_error("A signature was not verified.");
        });
        sum += cpu_e3(count, [&](int at) {
            const Result<http::Json> json = http::Json::parse(requests[static_cast<std::size_t>(at)].body, {});
            std::vector<Error> errors;
            http::JsonObject object(json.value().root(), errors);
            orders.push_back(api::read_order(object));
        });
        const std::vector<http::Response> answers = write(orders, requests, sum);
        sum += cpu_e3(count, [&](int at) {
            http::Response answer = answers[static_cast<std::size_t>(at)];
            answer.headers.set("Huiqiao-Request-Id", "req_01JD4M3H6Y8N1V7Q0X2K5R9T3B");
            http::sign_response(answer, http::request_signature_of(sent[static_cast<std::size_t>(at)]),
                                desk_.answers_key(), desk_.world.clock.now(), desk_.world.random);
            signed_answer_ = std::move(answer);
        });
        desk_.serve_bare(signed_answer_);
        int at = 0;
        Load load{{desk_.port()}, kSingleConnections, count, signed_answer_.status, [&] {
                      return request_bytes(sent[static_cast<std::size_t>(at++)]);
                  }};
        sum += cpu_of(count, [&] { run_load(load, desk_.world.clock); });
        desk_.stop_serving();
        return sum;
    }

 private:
    std::vector<http::Response> write(const std::vector<flow::IntakeOrder>& orders,
                                      const std::vector<http::Request>& requests, std::int64_t& sum) {
        std::vector<http::Response> answers;
        std::vector<std::shared_ptr<db::Item>> items;
        sum += cpu_of(static_cast<int>(orders.size()), [&] {
            for (std::size_t at = 0; at < orders.size(); ++at) {
                items.push_back(desk_.recorded(orders[at], requests[at]));
                if (items.size() < kGroup && at + 1 < orders.size()) continue;
                for (const Status& status : desk_.world.queue.run(desk_.recorded_intake(), items)) {
                    if (!status) throw std::runtime_error(status.error().english());
                }
                for (const auto& item : items)
                    answers.push_back(std::move(static_cast<api::RecordedItem&>(*item).response));
                items.clear();
            }
        });
        return answers;
    }
    std::int64_t cpu_e3(int count, const std::function<void(int)>& part) {
        return cpu_of(count, [&] {
            for (int at = 0; at < count; ++at) part(at);
        });
    }
    std::int64_t cpu_of(int count, const std::function<void()>& all) {
        const std::int64_t begin = process_cpu_us() + engine_.server_cpu_us();
        all();
        return (process_cpu_us() + engine_.server_cpu_us() - begin) * 1000 / count;
    }

    Desk& desk_;
    const BenchEngine& engine_;
    http::Response signed_answer_;
};

Figure batches(Desk& desk, const BenchEngine& engine, std::int64_t& next, BenchRounds rounds) {
    const int requests = rounds.groups * 2;
    const int orders = requests * kGroup;
    std::vector<std::int64_t> by_api;
    std::vector<std::int64_t> in_process;
    for (int round = -1; round < rounds.rounds; ++round) {
        std::vector<std::vector<std::shared_ptr<db::Item>>> groups;
        for (int at = 0; at < requests; ++at, next += kGroup) groups.push_back(desk.world.intake_items(next, kGroup));
        const Monotonic begin = desk.world.clock.monotonic();
        for (const auto& group : groups) desk.world.take_in(group);
        const std::int64_t took = (desk.world.clock.monotonic() - begin).count();
        groups.clear();

        std::vector<std::string> bodies;
        for (int at = 0; at < requests; ++at) {
            std::string body = "{\"orders\":[";
            for (int of_batch = 0; of_batch < kGroup; ++of_batch, ++next)
                body.append(of_batch == 0 ? "" : ",").append(BenchWorld::order_json(next));
            bodies.push_back(std::move(body.append("]}")));
        }
        std::size_t at = 0;
        const LoadResult result =
            run_load({{desk.port()},
                      kBatchConnections,
                      requests,
                      200,
                      [&] { return request_bytes(desk.signed_request("/v1/orders/batch", std::move(bodies[at++]))); }},
                     desk.world.clock);
        if (round < 0) continue;
        in_process.push_back(per_second(orders, took));
        by_api.push_back(per_second(orders, result.took_us));
    }
    return {"api_orders_batch",
            engine.name(),
            median(by_api),
            "orders/s",
            "write_intake, in process",
            median(in_process),
            700};
}

}  // namespace

std::vector<Figure> measure_api(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds) {
    SystemClock clock;
    Desk desk(engine.fresh(clock, "api"), chart);
    std::int64_t next = 0;
    Parts parts(desk, engine);
    std::vector<std::int64_t> sums;
    for (int round = -1; round < rounds.rounds; ++round) {
        const std::int64_t sum = parts.sum_e3(next, 4 * kGroup);
        if (round >= 0) sums.push_back(sum);
    }
    desk.serve();
    Figure batch = batches(desk, engine, next, rounds);

    std::vector<std::int64_t> singles;
    std::vector<std::int64_t> by_cpu;
    std::vector<std::int64_t> latencies;
    const int count = rounds.groups * kGroup;
    for (int round = -1; round < rounds.rounds; ++round) {
        const std::int64_t cpu_before = process_cpu_us() + engine.server_cpu_us();
        const LoadResult result =
            run_load({{desk.port()},
                      kSingleConnections,
                      count,
                      201,
                      [&] { return request_bytes(desk.signed_request(kSinglePath, BenchWorld::order_json(next++))); }},
                     clock);
        if (round < 0) continue;
        singles.push_back(per_second(count, result.took_us));
        by_cpu.push_back(per_second(count, process_cpu_us() + engine.server_cpu_us() - cpu_before));
        latencies.insert(latencies.end(), result.latencies_us.begin(), result.latencies_us.end());
    }
    std::sort(latencies.begin(), latencies.end());
    const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
    const auto latency = [&](const char* name, std::size_t percent) {
        return Figure{name,         engine.name(), latencies[latencies.size() * percent / 100], "us", std::nullopt,
                      std::nullopt, std::nullopt};
    };
    return {batch,
            {"api_orders_single", engine.name(), median(singles), "orders/s", "cores / CPU seconds of its parts alone",
             cores * 1'000'000'000 / median(sums), 700},
            {"api_orders_single_cpu", engine.name(), median(by_cpu), "orders/CPU s", "its parts alone",
             1'000'000'000 / median(sums), std::nullopt},
            latency("api_orders_single_p50", 50),
            latency("api_orders_single_p99", 99)};
}

}  // namespace huiqiao::app
