// T3 over the whole service: under load, COMMITs and their answers get lost on the way to MariaDB, on two mornings, so
// that claims of calls, answers of banks, purchases and payouts meet it too. HUIQIAO_COMMITS=2000 runs it at length.

#include <doctest/doctest.h>
#include <poll.h>

#include <cstdlib>
#include <iostream>

#include "tests/crash/commit_proxy.h"
#include "tests/crash/judge.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace std::chrono_literals;

namespace {

/// Of each outcome, on each of the two mornings.
int wanted() {
    const char* more = std::getenv("HUIQIAO_COMMITS");
    return more == nullptr ? 12 : std::atoi(more);
}

constexpr int kMostTicks = 60'000;
constexpr int kTick_ms = 10;

}  // namespace

TEST_CASE("DB-01 T3 the whole service loses and doubles nothing while COMMITs and their answers get lost") {
    const std::filesystem::path directory = testing::fresh_directory("unknown");
    crash::CommitProxy proxy(app::PrivateMariaDb::socket_of_this_process(), crash::every(5));
    crash::CrashStage stage({.directory = directory,
                             .start = Date::of_number(crash::kFirstDay).at_shanghai(9),
                             .on_mariadb = true,
                             .program = HUIQIAO_PROGRAM,
                             .mariadb_port = proxy.port()},
                            1);
    for (int morning = 1; morning <= 2; ++morning) {
        const int least = wanted() * morning;
        proxy.arm(true);
        stage.under_load([&] {
            for (int tick = 0; tick < kMostTicks && (proxy.applied() < least || proxy.not_applied() < least); ++tick) {
                ::poll(nullptr, 0, kTick_ms);
                stage.world().clock().advance(5s);
            }
        });
        proxy.arm(false);
        stage.answer_everything();
        stage.world().settle();
        CHECK(proxy.applied() >= least);
        CHECK(proxy.not_applied() >= least);
        if (morning == 1) stage.live_through_night();
    }
    stage.live_to_the_end();
    const crash::Verdict verdict = crash::judge(stage);
    std::cout << "| COMMITs of unknown outcome | |\n|---|--:|\n| had taken place | " << proxy.applied()
              << " |\n| had not | " << proxy.not_applied() << " |\n| of COMMITs | " << proxy.commits()
              << " |\n| orders acknowledged | " << verdict.acknowledged << " |\n| lost | " << verdict.lost
              << " |\n| doubled | " << verdict.doubled << " |\n";
    for (const std::string& fault : verdict.faults) FAIL_CHECK(fault);
    CHECK(verdict.acknowledged > 10);
    CHECK(verdict.lost == 0);
    CHECK(verdict.doubled == 0);
    std::filesystem::remove_all(directory);
}
