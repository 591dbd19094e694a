// Thirty deaths of the service on SQLite, under load, with a counterparty dying now and then.

#include <doctest/doctest.h>

#include <iostream>

#include "tests/crash/crash_loop.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;

TEST_CASE(
    "T2 XCT-01 XCT-02 XCT-05 ORD-07 NTF-01 NTF-02 NTF-12 DB-06 RSC-06 thirty kills of the service on SQLite lose "
    "nothing") {
    crash::CrashPlan plan;
    plan.cycles = 30;
    plan.directory = testing::fresh_directory("crash");
    plan.program = HUIQIAO_PROGRAM;
    const crash::CrashResult result = crash::run_crash_loop(plan);
    crash::print(std::cout, plan, result);
    for (const std::string& fault : result.verdict.faults) FAIL_CHECK(fault);
    CHECK(result.service_kills == plan.cycles);
    CHECK(result.verdict.lost == 0);
    CHECK(result.verdict.doubled == 0);
    // The run met what it is about.
    CHECK(result.unanswered > 0);
    CHECK(result.verdict.acknowledged > 100);
    CHECK(result.verdict.payments > 0);
    CHECK(result.verdict.declared > 0);
    CHECK(result.verdict.notices_again > 0);
    CHECK(result.verdict.webhooks.told_again > 0);
    std::filesystem::remove_all(plan.directory);
}
