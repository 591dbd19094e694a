// Deaths of the service, of mariadbd, and of both at once, under load.

#include <doctest/doctest.h>

#include <iostream>

#include "tests/crash/crash_loop.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;

TEST_CASE(
    "T2 XCT-02 XCT-05 NTF-01 DB-01 DB-05 ORD-07 RSC-06 twelve kills of the service and of mariadbd lose nothing") {
    crash::CrashPlan plan;
    plan.cycles = 12;
    plan.on_mariadb = true;
    plan.directory = testing::fresh_directory("crash");
    plan.program = HUIQIAO_PROGRAM;
    const crash::CrashResult result = crash::run_crash_loop(plan);
    crash::print(std::cout, plan, result);
    for (const std::string& fault : result.verdict.faults) FAIL_CHECK(fault);
    CHECK(result.service_kills == 8);
    CHECK(result.database_kills == 8);
    CHECK(result.verdict.lost == 0);
    CHECK(result.verdict.doubled == 0);
    // The run met what it is about.
    CHECK(result.unanswered > 0);
    CHECK(result.verdict.acknowledged > 40);
    CHECK(result.verdict.payments > 0);
    CHECK(result.verdict.declared > 0);
    CHECK(result.verdict.notices_again > 0);
    CHECK(result.verdict.webhooks.told_again > 0);
    std::filesystem::remove_all(plan.directory);
}
