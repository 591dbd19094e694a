#include <mutex>

#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/declare_desk.h"

using namespace declare_desk;

TEST_CASE("the adapter and customs agree over sockets as they do in process") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        std::mutex one_at_a_time;
        http::Router router;
        const auto answer = [&](const http::Request& request, const http::PathParameters&) {
            const std::lock_guard guard(one_at_a_time);
            return d.customs.answer(request, d.clock.now());
        };
        router.post("/dxp/messages", answer);
        router.get("/dxp/receipts", answer);
        SystemClock system;
        http::Server server(system, std::move(router), {.threads = 4});
        REQUIRE(server.start().ok());
        http::CpprestClient sockets(d.clock, {});
        d.use(sockets, "http://127.0.0.1:" + std::to_string(server.port()));

        const std::string id = d.order();
        for (int round = 0; round < 2000 && d.get(id).declaration_state != "accepted"; ++round) {
            if (d.declare->step(d.clock.now()) + d.worker->step() > 0) continue;
            sockets.wait(std::chrono::milliseconds(20));
            if (d.worker->under_way() == 0) d.clock.advance(std::chrono::seconds(16));
        }
        CHECK(d.get(id).declaration_state == "accepted");
        d.worker.reset();
        server.stop();
    });
}
