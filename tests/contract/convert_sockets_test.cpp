#include <doctest/doctest.h>

#include <mutex>

#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;

TEST_CASE("the adapter and the sandbox bank agree over sockets as they do in process") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        std::mutex one_at_a_time;
        http::Router router;
        const auto answer = [&](const http::Request& request, const http::PathParameters&) {
            const std::lock_guard guard(one_at_a_time);
            return d.bank.answer(request, d.desk.clock.now());
        };
        router.get("/v1/fx/rates", answer);
        router.post("/v1/fx/locks", answer);
        router.post("/v1/fx/purchases", answer);
        SystemClock system;
        http::Server server(system, std::move(router), {.threads = 4});
        REQUIRE(server.start().ok());
        http::CpprestClient sockets(d.desk.clock, {});
        d.use(sockets, "http://127.0.0.1:" + std::to_string(server.port()));

        const std::string id = d.order("m1", "JPY", "5000.00");
        for (int round = 0; round < 2000 && d.get(id).state != orders::OrderState::Converted; ++round) {
            const int done = d.convert.step(d.desk.clock.now()) + d.worker->step();
            if (done == 0) sockets.wait(std::chrono::milliseconds(20));
        }
        CHECK(d.get(id).state == orders::OrderState::Converted);
        CHECK(d.get(id).amounts.bought == d.purchase_of(id).deal->foreign);
        d.check_books();
        server.stop();
    });
}
