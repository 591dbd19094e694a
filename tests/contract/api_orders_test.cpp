// Orders over the API: what a key, a number and a nonce are worth.

#include <atomic>
#include <thread>

#include "src/api/prune.h"
#include "src/base/crash_point.h"
#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr const char* kKey = "key-0000000000000001";
constexpr const char* kOtherKey = "key-0000000000000002";

struct Crash {
    explicit Crash(std::string at) {
        install_crash_hook([at = std::move(at), armed = true](std::string_view here) mutable {
            if (!armed || here != at) return;
            armed = false;
            throw SimulatedCrash{std::string(here)};
        });
    }
    ~Crash() { install_crash_hook({}); }
};

}  // namespace

TEST_CASE("ORD-01 the same key and body get the same status and the same bytes, marked as replayed, and one order") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const http::Response first = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey));
        REQUIRE(first.status == 201);
        CHECK(first.headers.find("Idempotent-Replayed") == nullptr);
        const std::string rows = desk.rows();
        desk.clock.advance(std::chrono::seconds(5));
        const http::Response again = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey));
        CHECK(again.status == 201);
        CHECK(again.body == first.body);
        CHECK(again.headers.value("Idempotent-Replayed") == "true");
        CHECK(desk.rows() == rows);
        CHECK(desk.count("orders") == 1);
    });
}

TEST_CASE("ORD-01 a batch is replayed whole, byte for byte") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string bad = desk.replaced(desk.order_json("N2"), R"("quantity":2)", R"("quantity":3)");
        const std::string body =
            R"({"orders":[)" + desk.order_json("N1") + "," + bad + "," + desk.order_json("N1") + "]}";
        const http::Response first = desk.ask(desk.post("/v1/orders/batch", body, kKey));
        REQUIRE(first.status == 200);
        CHECK(first.body.find(R"("status":"accepted")") != std::string::npos);
        CHECK(first.body.find(R"("status":"refused")") != std::string::npos);
        CHECK(first.body.find(R"("status":"replayed")") != std::string::npos);
        CHECK(desk.count("orders") == 1);
        const http::Response again = desk.ask(desk.post("/v1/orders/batch", body, kKey));
        CHECK(again.body == first.body);
        CHECK(again.headers.value("Idempotent-Replayed") == "true");
        CHECK(desk.count("orders") == 1);
    });
}

TEST_CASE("ORD-02 the same key with another body, path or even another space is 422 and has no effect") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        REQUIRE(desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey)).status == 201);
        const std::string rows = desk.rows();
        const http::Response other = desk.ask(desk.post("/v1/orders", desk.order_json("N2"), kKey));
        CHECK(other.status == 422);
        CHECK(desk.code(other) == "idempotency_key_reused");
        CHECK(desk.field(other, "effect") == "none");
        CHECK(desk.code(desk.ask(desk.post("/v1/orders", desk.order_json("N1") + " ", kKey))) ==
              "idempotency_key_reused");
        const std::string batch = R"({"orders":[)" + desk.order_json("N1") + "]}";
        CHECK(desk.code(desk.ask(desk.post("/v1/orders/batch", batch, kKey))) == "idempotency_key_reused");
        CHECK(desk.rows() == rows);
        // Another platform's keys are its own.
        const std::string theirs =
            desk.replaced(desk.replaced(desk.order_json("N1"), "mch_1", "mch_2"), "pye_1", "pye_2");
        CHECK(desk.send_as("key_2", desk.post("/v1/orders", theirs, kKey)).status == 201);
    });
}

TEST_CASE("ORD-03 of a hundred identical submits at once over sockets one is accepted and all others replay it") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::uint16_t port = desk.listen();
        constexpr int kSenders = 100;
        std::vector<std::string> requests;
        for (int i = 0; i < kSenders; ++i) {
            requests.push_back(
                wire_form(desk.signed_by(desk.post("/v1/orders", desk.order_json("N1"), kKey), "key_1")));
        }
        std::vector<std::string> answers(kSenders);
        std::atomic<int> ready{0};
        std::vector<std::thread> senders;
        for (int i = 0; i < kSenders; ++i) {
            senders.emplace_back([&, i] {
                auto connection = test::RawConnection::to(port);
                ++ready;
                while (ready.load() < kSenders) std::this_thread::yield();
                if (connection.send(requests[static_cast<std::size_t>(i)]))
                    answers[static_cast<std::size_t>(i)] = connection.message();
            });
        }
        for (std::thread& sender : senders) sender.join();
        int fresh = 0;
        int replayed = 0;
        std::set<std::string> bodies;
        for (const std::string& bytes : answers) {
            const http::Response answer = read_answer(bytes);
            const bool is_replay = answer.headers.find("Idempotent-Replayed") != nullptr;
            CHECK(answer.status == 201);
            fresh += is_replay ? 0 : 1;
            replayed += is_replay ? 1 : 0;
            bodies.insert(answer.body);
        }
        CHECK(fresh == 1);
        CHECK(replayed == kSenders - 1);
        CHECK(bodies.size() == 1);
        CHECK(desk.count("orders") == 1);
        CHECK(desk.count("payment") == 1);
        CHECK(desk.count("idempotency_key") == 1);
    });
}

TEST_CASE("ORD-04 a missing or misshapen key is 400 on a route that moves money") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string rows = desk.rows();
        for (const std::string key : {"", "short", "with a space inside it", "dots.are.not.allowed.here",
                                      "far-too-long-0123456789012345678901234567890123456789012345678901"}) {
            CAPTURE(key);
            const http::Response answer = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), key));
            CHECK(answer.status == 400);
            CHECK(desk.code(answer) == (key.empty() ? "idempotency_key_missing" : "idempotency_key_invalid"));
        }
        CHECK(desk.rows() == rows);
    });
}

TEST_CASE("ORD-05 another key with the same number finds the order (200), or conflicts where the body differs (409)") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const http::Response first = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey));
        REQUIRE(first.status == 201);
        const http::Response same = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kOtherKey));
        CHECK(same.status == 200);
        CHECK(desk.field(same, "id") == desk.field(first, "id"));
        const std::string other = desk.replaced(desk.order_json("N1"), "张三", "李四");
        const http::Response conflict = desk.ask(desk.post("/v1/orders", other, "key-0000000000000003"));
        CHECK(conflict.status == 409);
        CHECK(desk.code(conflict) == "order_no_conflict");
        CHECK(desk.count("orders") == 1);
    });
}

TEST_CASE("ORD-06 what fails before it began leaves the key free; a refusal by rule is the key's answer") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string good = desk.order_json("N1");
        CHECK(desk.ask(desk.post("/v1/orders", good.substr(0, good.size() - 1), kKey)).status == 400);
        CHECK(desk.send_as("key_1_revoked", desk.post("/v1/orders", good, kKey)).status == 401);
        const http::OutgoingRequest once = desk.signed_by(desk.post("/v1/orders", good, kKey), "key_1");
        CHECK(desk.count("idempotency_key") == 0);
        CHECK(desk.send(once).status == 201);

        const std::string against_rule =
            desk.replaced(desk.order_json("N2"), R"("amount":"219.00")", R"("amount":"219.01")");
        const http::Response refused = desk.ask(desk.post("/v1/orders", against_rule, kOtherKey));
        CHECK(refused.status == 422);
        const http::Response again = desk.ask(desk.post("/v1/orders", against_rule, kOtherKey));
        CHECK(again.body == refused.body);
        CHECK(again.headers.value("Idempotent-Replayed") == "true");
        CHECK(again.headers.value("Content-Type") == "application/problem+json");
        CHECK(desk.code(desk.ask(desk.post("/v1/orders", desk.order_json("N2"), kOtherKey))) ==
              "idempotency_key_reused");

        // A 503 is no answer to keep: the same key is as good as new.
        install_crash_hook([&](std::string_view name) {
            if (name == "write_queue.after_begin")
                throw db::DatabaseError(db::Failure::Lost, on.engine() == db::Engine::Sqlite ? 13 : 1021, "no space");
        });
        constexpr const char* kThirdKey = "key-0000000000000003";
        CHECK(desk.ask(desk.post("/v1/orders", desk.order_json("N3"), kThirdKey)).status == 503);
        install_crash_hook({});
        desk.clock.advance(std::chrono::seconds(2));
        const http::Response taken = desk.ask(desk.post("/v1/orders", desk.order_json("N3"), kThirdKey));
        CHECK(taken.status == 201);
        CHECK(taken.headers.only("Idempotent-Replayed") == nullptr);

        // A replayed nonce leaves the key that came with it free.
        http::OutgoingRequest nonce_used = once;
        CHECK(desk.code(desk.send(nonce_used)) == "nonce_used");
        CHECK(desk.count("idempotency_key") == 3);
    });
}

TEST_CASE("SEC-01 a signed request sent twice has one effect, even where the nonces were forgotten") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const http::OutgoingRequest request =
            desk.signed_by(desk.post("/v1/orders", desk.order_json("N1"), kKey), "key_1");
        REQUIRE(desk.send(request).status == 201);
        const std::string rows = desk.rows();
        const http::Response again = desk.send(request);
        CHECK(again.status == 401);
        CHECK(desk.code(again) == "nonce_used");
        desk.database.write([](db::Tx& tx) { tx.execute({"DELETE FROM request_nonce"}); });
        CHECK(desk.send(request).headers.value("Idempotent-Replayed") == "true");
        CHECK(desk.rows() == rows);
    });
}

TEST_CASE("ORD-07 after a crash anywhere between accepting and answering, a retry gets the one true outcome") {
    const char* points[] = {"write_queue.before_begin",  "write_queue.after_claims", "write_queue.after_run",
                            "write_queue.before_commit", "write_queue.after_commit", "write_queue.before_publish"};
    each_engine([&](TestDatabase& on) {
        std::uint64_t seed = 1;
        int number = 0;
        for (const char* point : points) {
            CAPTURE(point);
            const std::string no = "N" + std::to_string(++number);
            const std::string key = "key-000000000000-crash-" + std::to_string(number);
            bool crashed = false;
            {
                ApiDesk desk(on, seed++);
                const Crash crash(point);
                try {
                    desk.ask(desk.post("/v1/orders", desk.order_json(no), key));
                } catch (const SimulatedCrash&) {
                    crashed = true;
                }
            }
            CHECK(crashed);
            ApiDesk desk(on, seed++);
            const std::int64_t before = desk.count("orders");
            const bool stood = std::string_view(point).ends_with("after_commit") ||
                               std::string_view(point).ends_with("before_publish");
            const http::Response answer = desk.ask(desk.post("/v1/orders", desk.order_json(no), key));
            CHECK(answer.status == 201);
            CHECK((answer.headers.find("Idempotent-Replayed") != nullptr) == stood);
            CHECK(desk.count("orders") == number);
            CHECK(desk.count("orders") - before == (stood ? 0 : 1));
            CHECK(desk.ask(desk.get("/v1/orders/" + desk.field(answer, "id"))).status == 200);
        }
    });
}

TEST_CASE("ORD-08 a key used again after its time finds the order by its number, never makes a second") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        api::Prune prune(desk.database, *desk.queue);
        const http::Response first = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey));
        REQUIRE(first.status == 201);
        desk.clock.advance(std::chrono::hours(24 * 7));
        prune.step(desk.clock.now());
        CHECK(desk.count("request_nonce") == 0);
        CHECK(desk.count("idempotency_key") == 1);  // ORD-05: at least seven days
        CHECK(desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey)).headers.find("Idempotent-Replayed") !=
              nullptr);
        desk.clock.advance(std::chrono::hours(24 * 8));
        CHECK(prune.step(desk.clock.now()) > 0);
        CHECK(desk.count("idempotency_key") == 0);
        const http::Response later = desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey));
        CHECK(later.status == 200);
        CHECK(desk.field(later, "id") == desk.field(first, "id"));
        const std::string other = desk.replaced(desk.order_json("N1"), "5165", "5166");
        CHECK(desk.code(desk.ask(desk.post("/v1/orders", other, kOtherKey))) == "order_no_conflict");
        CHECK(desk.count("orders") == 1);
    });
}

TEST_CASE("ORD-09 an unpaid order is cancelled once and again alike; a number is not free by it") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("N1");
        const http::Response cancelled = desk.ask(desk.post("/v1/orders/" + id + "/cancel", ""));
        CHECK(cancelled.status == 200);
        CHECK(desk.field(cancelled, "state") == "cancelled");
        const http::Response again = desk.ask(desk.post("/v1/orders/" + id + "/cancel", "{}"));
        CHECK(again.status == 200);
        CHECK(again.body == cancelled.body);
        CHECK(desk.ask(desk.post("/v1/orders", desk.order_json("N1"), kKey)).status == 200);
        CHECK(desk.count("orders") == 1);
    });
}

TEST_CASE("ORD-10 sums that do not meet are 422 with the pointer of the total") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string body = desk.replaced(desk.order_json("N1"), R"("amount":"219.00")", R"("amount":"218.99")");
        const http::Response answer = desk.ask(desk.post("/v1/orders", body, kKey));
        CHECK(answer.status == 422);
        CHECK(desk.code(answer) == "total_mismatch");
        CHECK(answer.body.find(R"("pointer":"/total")") != std::string::npos);
        CHECK(desk.count("orders") == 0);
    });
}

TEST_CASE("requests signed with SM2 and SM3 are taken like those signed with Ed25519") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const http::Response answer = desk.send_as("key_1_sm2", desk.post("/v1/orders", desk.order_json("N1"), kKey));
        CHECK(answer.status == 201);
        CHECK(desk.send_as("key_1_sm2", desk.get("/v1/orders/" + desk.field(answer, "id"))).status == 200);
        http::OutgoingRequest changed =
            desk.signed_by(desk.post("/v1/orders", desk.order_json("N2"), kOtherKey), "key_1_sm2");
        changed.body = desk.order_json("N3");
        CHECK(desk.code(desk.send(changed)) == "signature_invalid");
        CHECK(desk.count("orders") == 1);
    });
}
