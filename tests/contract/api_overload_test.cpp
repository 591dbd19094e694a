// What happens when more comes than can be done: who is told 429, who 503, and who is never turned away. No time is
// measured here; `./dev overload` does that.

#include <future>
#include <latch>
#include <set>
#include <thread>

#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using huiqiao::test::RawConnection;

namespace {

/// A refusal as T9 wants it: 429 or 503, nothing done, and when to come again.
void check_refused(const http::Response& answer, int status, std::string_view code) {
    CHECK(answer.status == status);
    CHECK(ApiDesk::code(answer) == code);
    CHECK(ApiDesk::field(answer, "effect") == "none");
    const std::string* after = answer.headers.find("retry-after");
    REQUIRE(after != nullptr);
    CHECK(std::stoi(*after) >= 1);
    CHECK(std::stoi(*after) <= 30);
}

http::OutgoingRequest order_request(const std::string& number, std::string_view merchant = "1") {
    std::string body = ApiDesk::replaced(ApiDesk::order_json(number), "mch_1", "mch_" + std::string(merchant));
    body = ApiDesk::replaced(std::move(body), "pye_1", "pye_" + std::string(merchant));
    return ApiDesk::post("/v1/orders", std::move(body), "key-for-" + number + "-0000000000");
}

/// Holds the writer until it is let go, so that whatever is written waits.
class HeldWriter {
 public:
    explicit HeldWriter(ApiDesk& desk) {
        auto item = std::make_shared<AnyItem>();
        item->run = [this](db::Group&) {
            held_.count_down();
            released_.wait();
        };
        REQUIRE(desk.queue->submit(desk.any, item).ok());
        held_.wait();
    }
    ~HeldWriter() { release(); }
    void release() {
        if (!is_released_) released_.count_down();
        is_released_ = true;
    }

 private:
    std::latch held_{1};
    std::latch released_{1};
    bool is_released_ = false;
};

void until(const std::function<bool()>& so) {
    const SystemClock machine;
    const Monotonic give_up = machine.monotonic() + std::chrono::seconds(60);
    while (!so()) {
        REQUIRE(machine.monotonic() < give_up);
        std::this_thread::yield();
    }
}

api::AdmissionSettings wide() {
    api::AdmissionSettings limits;
    limits.each = {100'000, 100'000, 100, 1000};
    return limits;
}

}  // namespace

TEST_CASE("a platform beyond its rate is told 429 and nothing is done; its rate comes back, others are served") {
    each_engine([](TestDatabase& on) {
        api::AdmissionSettings limits;
        limits.each.requests_per_second = 2;
        limits.each.burst = 3;
        limits.of_platform["plt_2"].burst = 4;
        ApiDesk desk(on, 1, limits);
        for (int at = 0; at < 3; ++at) CHECK(desk.ask(order_request("R" + std::to_string(at))).status == 201);
        const std::string before = desk.rows();
        check_refused(desk.ask(order_request("R3")), 429, "rate_exceeded");
        CHECK(desk.rows() == before);
        CHECK(desk.send_as("key_2", desk.get("/v1/orders")).status == 200);

        desk.clock.advance(std::chrono::milliseconds(500));
        CHECK(desk.ask(order_request("R3")).status == 201);  // the same request: its nonce was not used up
        check_refused(desk.ask(order_request("R4")), 429, "rate_exceeded");
        CHECK(desk.admission->refused(api::Refusal::PlatformRate) == 2);
    });
}

TEST_CASE("who only claims to be a platform takes nothing of its rate") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    api::AdmissionSettings limits;
    limits.each.requests_per_second = 1;
    limits.each.burst = 2;
    ApiDesk desk(on, 1, limits);
    CHECK(desk.ask(desk.get("/v1/orders")).status == 200);
    for (int at = 0; at < 5; ++at) {
        http::OutgoingRequest forged = desk.signed_by(desk.get("/v1/orders"), "key_1");
        forged.target = "/v1/orders?limit=1";  // not what was signed
        CHECK(desk.send(forged).status == 401);
    }
    CHECK(desk.ask(desk.get("/v1/orders")).status == 200);
    check_refused(desk.ask(desk.get("/v1/orders")), 429, "rate_exceeded");
}

TEST_CASE("Retry-After of many refusals is spread, so that they do not all come back together") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    api::AdmissionSettings limits;
    limits.each.requests_per_second = 1;
    limits.each.burst = 1;
    ApiDesk desk(on, 1, limits);
    CHECK(desk.ask(desk.get("/v1/orders")).status == 200);
    std::set<std::string> seconds;
    for (int at = 0; at < 60; ++at) {
        const http::Response refused = desk.ask(desk.get("/v1/orders"));
        check_refused(refused, 429, "rate_exceeded");
        seconds.insert(*refused.headers.find("retry-after"));
    }
    CHECK(seconds.size() >= 20);
}

TEST_CASE("RSC-02 with the writer stuck every excess is refused at once by its limit, reads before writes") {
    each_engine([](TestDatabase& on) {
        api::AdmissionSettings limits = wide();
        limits.each.under_way = 2;
        limits.under_way = 3;
        limits.reads_under_way = 2;
        ApiDesk desk(on, 1, limits);
        CHECK(desk.ask(desk.get("/v1/orders")).status == 200);  // the keys are known from here on
        desk.queue->start();
        std::future<http::Response> notice;
        std::vector<std::future<http::Response>> waiting;
        HeldWriter held(desk);  // goes first, so that nobody waits for a writer that is held
        const auto send = [&](const std::string& key, const http::OutgoingRequest& request) {
            waiting.push_back(
                std::async(std::launch::async, [&desk, key, request] { return desk.send_as(key, request); }));
            until([&] { return desk.admission->orders_waiting() == waiting.size(); });
        };
        send("key_1", order_request("S1"));
        send("key_1", order_request("S2"));
        check_refused(desk.ask(order_request("S3")), 429, "too_many_at_once");
        // Before its signature is looked at, so that one who only claims to be this platform costs no more.
        http::OutgoingRequest forged = desk.signed_by(order_request("S3"), "key_1");
        forged.headers.set("Signature", "sig1=:AAAA:");
        check_refused(desk.send(forged), 429, "too_many_at_once");
        check_refused(desk.send_as("key_2", desk.get("/v1/orders")), 503, "overloaded");
        send("key_2", order_request("S4", "2"));
        check_refused(desk.send_as("key_2", order_request("S5", "2")), 503, "overloaded");

        // The notice waits for the writer and is not turned away; operators see what is refused, and why.
        notice = std::async(std::launch::async, [&] { return desk.send(desk.notice(R"({"id":"n1"})")); });
        const std::string page = desk.send(desk.get("/metrics")).body;
        CHECK(page.find("huiqiao_refused_total{reason=\"platform_under_way\"} 2\n") != std::string::npos);
        CHECK(page.find("huiqiao_refused_total{reason=\"busy_for_reads\"} 1\n") != std::string::npos);
        CHECK(page.find("huiqiao_refused_total{reason=\"busy_for_writes\"} 1\n") != std::string::npos);
        CHECK(page.find("huiqiao_platform_orders_waiting 3\n") != std::string::npos);
        held.release();
        for (auto& each : waiting) CHECK(each.get().status == 201);
        CHECK(notice.get().status == 200);
        CHECK(desk.count("notice") == 1);
        // Nothing is left behind: everybody is let in again.
        CHECK(desk.admission->under_way() == 0);
        CHECK(desk.admission->orders_waiting() == 0);
        CHECK(desk.send(forged).status == 401);
        CHECK(desk.ask(order_request("S3")).status == 201);
        desk.queue->stop();
    });
}

TEST_CASE("a part of the write queue stays free of platforms' orders, one platform's and all of them together") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    api::AdmissionSettings limits = wide();
    limits.each.orders_waiting = 2;
    limits.orders_waiting = 3;
    ApiDesk desk(on, 1, limits);
    desk.queue->start();
    std::vector<std::future<http::Response>> waiting;
    HeldWriter held(desk);
    for (const auto& [number, key, merchant] :
         {std::tuple{"W1", "key_1", "1"}, {"W2", "key_1", "1"}, {"W3", "key_2", "2"}}) {
        waiting.push_back(
            std::async(std::launch::async, [&desk, key = std::string(key), request = order_request(number, merchant)] {
                return desk.send_as(key, request);
            }));
    }
    until([&] { return desk.admission->orders_waiting() == 3; });
    check_refused(desk.ask(order_request("W4")), 429, "too_many_at_once");
    check_refused(desk.send_as("key_2", order_request("W5", "2")), 503, "overloaded");
    CHECK(desk.admission->refused(api::Refusal::PlatformWaiting) == 1);
    CHECK(desk.admission->refused(api::Refusal::BusyWriter) == 1);
    held.release();
    for (auto& each : waiting) CHECK(each.get().status == 201);
    desk.queue->stop();
}

TEST_CASE(
    "in a flood each answer is 201, 429 or 503, every 201 is an order, no notice is lost, and it ends by itself") {
    each_engine([](TestDatabase& on) {
        constexpr int kClients = 12;
        constexpr int kEach = 20;
        api::AdmissionSettings limits;
        limits.each = {30, 60, 3, 1000};  // with the clock standing still: 60 in all
        limits.under_way = 4;
        ApiDesk desk(on, 1, limits);
        std::vector<std::vector<std::string>> requests(kClients);
        for (int client = 0; client < kClients; ++client) {
            for (int at = 0; at < kEach; ++at) {
                const std::string which = client % 2 == 0 ? "1" : "2";
                const std::string number = "F" + std::to_string(client) + "-" + std::to_string(at);
                requests[static_cast<std::size_t>(client)].push_back(
                    wire_form(desk.signed_by(order_request(number, which), "key_" + which)));
            }
        }
        const std::uint16_t port = desk.listen();
        std::vector<std::future<std::vector<http::Response>>> clients;
        for (const auto& own : requests) {
            clients.push_back(std::async(std::launch::async, [&own, port] {
                std::vector<http::Response> answers;
                RawConnection connection = RawConnection::to(port);
                for (const std::string& request : own) {
                    connection.send(request);
                    answers.push_back(read_answer(connection.message()));
                }
                return answers;
            }));
        }
        for (int at = 0; at < 20; ++at)
            CHECK(desk.send(desk.notice(R"({"id":"f)" + std::to_string(at) + "\"}")).status == 200);
        std::int64_t accepted = 0;
        std::int64_t refused = 0;
        for (auto& client : clients) {
            for (const http::Response& answer : client.get()) {
                if (answer.status == 201) {
                    ++accepted;
                    continue;
                }
                ++refused;
                const bool throttled = answer.status == 429;
                const std::string code = ApiDesk::code(answer);
                CHECK((throttled || answer.status == 503));
                check_refused(answer, answer.status,
                              throttled && code == "rate_exceeded" ? "rate_exceeded"
                              : throttled                          ? "too_many_at_once"
                                                                   : "overloaded");
            }
        }
        CHECK(accepted + refused == kClients * kEach);
        CHECK(refused >= kClients * kEach - 120);
        CHECK(accepted > 0);
        CHECK(desk.count("orders") == accepted);
        CHECK(desk.count("notice") == 20);
        desk.clock.advance(std::chrono::seconds(2));
        RawConnection after = RawConnection::to(port);
        after.send(wire_form(desk.signed_by(order_request("after"), "key_1")));
        CHECK(read_answer(after.message()).status == 201);
    });
}
