// How many orders a second intake takes, whole: rules, sealing, all rows of an order, durable commit. Prints one line
// an engine and group size; asserts nothing about time. The database stands where TMPDIR says.

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>

#include "tests/contract/orders_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// Orders whose buyers differ, as in life.
std::vector<flow::IntakeOrder> batch(int first, int count) {
    std::vector<flow::IntakeOrder> orders;
    for (int i = first; i < first + count; ++i) {
        flow::IntakeOrder order = OrderDesk::good("N-" + std::to_string(i));
        order.buyer.phone = "138" + std::to_string(10'000'000 + i);
        orders.push_back(std::move(order));
    }
    return orders;
}

}  // namespace

TEST_CASE("orders a second through intake") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        using Wall = std::chrono::steady_clock;
        for (const int size : {1, 50, 500}) {
            const int rounds = size == 1 ? 500 : size == 50 ? 100 : 40;
            static int number = 0;
            Wall::duration preparing{};
            Wall::duration writing{};
            for (int round = 0; round < rounds; ++round) {
                const auto orders = batch(number, size);
                number += size;
                const auto a = Wall::now();
                auto item = desk.intake.prepare({"plt_1", "req", orders}).value();
                const auto b = Wall::now();
                REQUIRE(desk.queue.run(desk.intake, item).ok());
                const auto c = Wall::now();
                preparing += b - a;
                writing += c - b;
                REQUIRE(item->answers.back().kind == flow::IntakeAnswer::Kind::Accepted);
            }
            const auto us = [](Wall::duration d) {
                return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
            };
            const long long all = static_cast<long long>(size) * rounds;
            std::printf(
                "%s groups of %d: %lld orders, prepare %lld us an order, write %lld us an order, writer alone %lld/s, "
                "one thread %lld/s\n",
                base.engine() == db::Engine::Sqlite ? "sqlite " : "mariadb", size, all,
                static_cast<long long>(us(preparing)) / all, static_cast<long long>(us(writing)) / all,
                all * 1'000'000 / static_cast<long long>(us(writing)),
                all * 1'000'000 / static_cast<long long>(us(writing) + us(preparing)));
        }
    });
}
