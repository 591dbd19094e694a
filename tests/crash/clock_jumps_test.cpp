// CLK-01 over processes: the service's wall clock is set wrong while the counterparties' is right, in the middle of
// collecting, and again in the middle of buying and paying. Judged by the sandbox's books.

#include <doctest/doctest.h>
#include <poll.h>

#include <iostream>

#include "tests/crash/judge.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace std::chrono_literals;

namespace {

constexpr int kTick_ms = 10;

/// Both clocks run, under way and not at rest.
void run_on(crash::CrashStage& stage, int ticks, std::chrono::seconds a_tick) {
    for (int tick = 0; tick < ticks; ++tick) {
        ::poll(nullptr, 0, kTick_ms);
        stage.world().clock().advance(a_tick);
        stage.world().service_clock().advance(a_tick);
    }
}

}  // namespace

TEST_CASE("CLK-01 a wall clock that jumps an hour or a day, either way, loses nothing and does nothing twice") {
    const std::filesystem::path directory = testing::fresh_directory("jumps");
    {
        crash::CrashStage stage({.directory = directory,
                                 .start = Date::of_number(crash::kFirstDay).at_shanghai(9),
                                 .program = HUIQIAO_PROGRAM,
                                 .service_has_own_clock = true},
                                1);
        for (int morning = 1; morning <= 2; ++morning) {
            for (const auto jump : {std::chrono::seconds(1h), std::chrono::seconds(-1h), std::chrono::seconds(-24h)}) {
                for (int i = 0; i < 6; ++i) {
                    for (const auto& sender : stage.senders()) sender->step(true);
                }
                run_on(stage, 3, 5s);
                stage.world().service_clock().jump(jump);
                run_on(stage, 40, 5s);
                stage.world().service_clock().jump(-jump);
                stage.answer_everything();
                run_on(stage, 10, 5s);
            }
            stage.world().settle();
            if (morning == 1) stage.live_through_night();
        }
        stage.live_to_the_end();
        const crash::Verdict verdict = crash::judge(stage);
        std::cout << verdict.acknowledged << " orders, " << verdict.payments << " payments, " << verdict.declared
                  << " documents at customs under six jumps of the clock\n";
        for (const std::string& fault : verdict.faults) FAIL_CHECK(fault);
        CHECK(verdict.doubled == 0);
        CHECK(verdict.payments > 0);
    }
    std::filesystem::remove_all(directory);
}
