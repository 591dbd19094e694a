// What watches the process, and what happens to those who wait where something stands still: threads of the listener,
// and actions whose record cannot be written.

#include <chrono>
#include <latch>
#include <set>

#include "src/base/crash_point.h"
#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using huiqiao::test::RawConnection;

TEST_CASE(
    "RSC-01 health is 503 while a warning says that the process does not do its work, 200 while it is only told") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(on);
    std::vector<api::Warning> warnings;
    api::HealthRoutes health(desk.clock, desk.database, *desk.queue, desk.page, {}, [&] { return warnings; });
    http::Router router;
    health.add_to(router);
    const auto ready = [&] {
        desk.clock.advance(std::chrono::seconds(2));  // past the answer that is kept
        http::Request request;
        REQUIRE(http::set_target(request, "/health/ready").ok());
        const http::Match match = router.match(request.method, request.path);
        return match.route->handler(request, match.parameters);
    };
    CHECK(ready().status == 200);
    warnings.push_back({Error(db::trouble_error::kSlow), false});
    const http::Response told = ready();
    CHECK(told.status == 200);
    CHECK(told.body.find(R"("ready":true)") != std::string::npos);
    CHECK(told.body.find(R"("code":"database_slow")") != std::string::npos);
    warnings.front().unready = true;
    const http::Response stands = ready();
    CHECK(stands.status == 503);
    CHECK(stands.body.find(R"("ready":false)") != std::string::npos);
    CHECK(stands.headers.only("Retry-After") != nullptr);
    warnings.clear();
    CHECK(ready().status == 200);
}

TEST_CASE(
    "RSC-01 four times as many callers as threads wait for a writer that stands: all are answered, nobody is stuck") {
    each_engine([](TestDatabase& on) {
        constexpr int kThreads = 8;
        constexpr int kCallers = 4 * kThreads;
        ApiDesk desk(on);
        const std::uint16_t port = desk.listen(kThreads, 2 * kThreads);
        std::latch held{1};
        std::latch released{1};
        auto stands = std::make_shared<AnyItem>();
        stands->run = [&](db::Group&) {
            held.count_down();
            released.wait();
        };
        REQUIRE(desk.queue->submit(desk.any, stands).ok());
        held.wait();
        std::vector<RawConnection> callers;
        for (int at = 0; at < kCallers; ++at) {
            const std::string number = "W" + std::to_string(at);
            callers.push_back(RawConnection::to(port));
            callers.back().send(wire_form(desk.signed_by(
                ApiDesk::post("/v1/orders", ApiDesk::order_json(number), "key-for-" + number + "-0000000000"),
                "key_1")));
        }
        // Those beyond threads and queue are refused while the writer still stands.
        const SystemClock machine;
        const Monotonic give_up = machine.monotonic() + std::chrono::seconds(60);
        while (desk.server->counters().in_flight < kThreads || desk.server->counters().rejected < kThreads) {
            REQUIRE(machine.monotonic() < give_up);
            std::this_thread::yield();
        }
        released.count_down();
        std::map<int, int> answers;
        for (RawConnection& caller : callers) {
            ++answers[read_answer(caller.message()).status];
            caller.close();  // lets its thread go to who waits
        }
        CHECK(answers[503] == kThreads);
        CHECK(answers[201] == kCallers - kThreads);
        CHECK(desk.count("orders") == kCallers - kThreads);
        RawConnection after = RawConnection::to(port);
        after.send(wire_form(desk.signed_by(desk.get("/v1/orders"), "key_1")));
        CHECK(read_answer(after.message()).status == 200);
    });
}

TEST_CASE(
    "NTF-11 a notice is answered after one COMMIT of its own; nothing is asked, called or booked before the answer") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::uint64_t groups = desk.queue->counters().groups;
        CHECK(desk.send(desk.notice(R"({"event_id":"E1"})")).status == 200);
        CHECK(desk.queue->counters().groups == groups + 1);
        CHECK(desk.count("notice") == 1);
        CHECK(desk.text("SELECT state FROM notice WHERE state <> :p1", "") == "received");
        CHECK(desk.count("external_call") == 0);
        CHECK(desk.count("journal_entry") == 0);
    });
}

TEST_CASE("RSC-09 a privileged action whose record cannot be written does not happen, and happens when it can again") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        desk.write([&](db::Group& group) {
            desk.books.stop_payouts(group, Currency::known("CNY"), "provision:sb-cny:CNY is below zero");
        });
        const http::Response asked = desk.send_as(
            "opr_maker",
            desk.post("/v1/ops/approvals",
                      R"({"action":"resume_payouts","content":{"currency":"CNY","reason":"the bank paid it back"}})"));
        REQUIRE(asked.status == 201);
        const std::string approve = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
        const std::string body = R"({"content_hash":")" + desk.field(asked, "content_hash") + R"("})";
        const int full = on.engine() == db::Engine::Sqlite ? 13 : 1021;
        install_crash_hook([&](std::string_view name) {
            if (name == "write_queue.before_commit") throw db::DatabaseError(db::Failure::Lost, full, "no space");
        });
        const http::Response refused = desk.send_as("opr_checker", desk.post(approve, body));
        install_crash_hook({});
        CHECK(refused.status == 503);
        CHECK(desk.field(refused, "effect") == "none");
        CHECK(desk.count("payout_stop") == 1);
        CHECK(desk.text("SELECT state FROM approval WHERE id = :p1", desk.field(asked, "id")) == "waiting");
        desk.clock.advance(std::chrono::seconds(2));
        CHECK(desk.field(desk.send_as("opr_checker", desk.post(approve, body)), "state") == "used");
        CHECK(desk.count("payout_stop") == 0);
    });
}
