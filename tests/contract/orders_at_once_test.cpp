#include <doctest/doctest.h>

#include <thread>

#include "src/base/crash_point.h"
#include "tests/contract/orders_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using flow::IntakeAnswer;
using flow::IntakeOrder;

TEST_CASE("ORD-03: of many identical orders at once exactly one is made") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        desk.queue.start();
        std::vector<std::vector<IntakeAnswer>> answers(40);
        std::vector<std::thread> threads;
        for (auto& answer : answers) {
            threads.emplace_back([&desk, &answer] { answer = desk.take({OrderDesk::good("P-1")}); });
        }
        for (std::thread& thread : threads) thread.join();
        desk.queue.stop();
        int accepted = 0;
        for (const auto& answer : answers) {
            accepted += answer.front().kind == IntakeAnswer::Kind::Accepted ? 1 : 0;
            CHECK(answer.front().order->platform_order_no == "P-1");
            CHECK(answer.front().order->id == answers.front().front().order->id);
        }
        CHECK(accepted == 1);
        CHECK(desk.count_orders() == 1);
    });
}

TEST_CASE("ORD-03: two processes that take the same numbers at once make each order once") {
    TestDatabase base = TestDatabase::fresh(db::Engine::MariaDb);
    OrderDesk one(base, 1);
    one.open_parties();
    OrderDesk two(base, 2);
    one.queue.start();
    two.queue.start();
    std::vector<IntakeOrder> forward;
    for (int i = 0; i < 30; ++i) forward.push_back(OrderDesk::good("T-" + std::to_string(i)));
    const std::vector<IntakeOrder> backward(forward.rbegin(), forward.rend());
    std::vector<std::vector<IntakeAnswer>> answers(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        threads.emplace_back([&, i] { answers[i] = i % 2 == 0 ? one.take(forward) : two.take(backward); });
    }
    for (std::thread& thread : threads) thread.join();
    one.queue.stop();
    two.queue.stop();
    int accepted = 0;
    for (const auto& answer : answers) {
        for (const IntakeAnswer& order : answer) {
            REQUIRE(order.order.has_value());
            accepted += order.kind == IntakeAnswer::Kind::Accepted ? 1 : 0;
        }
    }
    CHECK(accepted == 30);
    CHECK(one.count_orders() == 30);
    CHECK(one.count_numbers() == 30);
    CHECK(one.count("SELECT COUNT(*) FROM event") == 30);
}

TEST_CASE("ORD-07: a death before the COMMIT leaves nothing, and the repeat makes the one order") {
    each_engine([](TestDatabase& base) {
        {
            OrderDesk desk(base);
            desk.open_parties();
        }
        install_crash_hook([](std::string_view at) {
            if (at == "intake.before_write") throw SimulatedCrash{std::string(at)};
        });
        {
            OrderDesk desk(base, 2);
            CHECK_THROWS_AS((void)desk.take_one(OrderDesk::good("Q-1")), SimulatedCrash);
        }
        install_crash_hook({});
        OrderDesk desk(base, 3);
        CHECK(desk.count_numbers() == 0);
        CHECK(desk.take_one(OrderDesk::good("Q-1")).kind == IntakeAnswer::Kind::Accepted);
        CHECK(desk.take_one(OrderDesk::good("Q-1")).kind == IntakeAnswer::Kind::Replayed);
        CHECK(desk.count_orders() == 1);
    });
}
