#pragma once
// The loop: load, death at a random moment, restart; through as many mornings as the cycles fill, so that intake,
// collection, declaration, funding, purchase and payout all die. Then the faults stop, the world lives on, and it is
// judged. The same seed draws the same victims; what they are doing when they die is up to the machine.

#include <chrono>
#include <filesystem>
#include <iosfwd>

#include "tests/crash/judge.h"

namespace huiqiao::crash {

struct CrashPlan {
    int cycles = 30;
    bool on_mariadb = false;
    std::filesystem::path directory;
    std::filesystem::path program;
    std::uint64_t seed = 1;
    std::ostream* progress = nullptr;
};

struct CrashResult {
    int service_kills = 0;
    int counterparty_kills = 0;
    int database_kills = 0;
    int unanswered = 0;  // requests that got no answer
    int refused_for_now = 0;
    int replays_compared = 0;
    int decided_by_persons = 0;
    std::chrono::milliseconds slowest_ready{0};  // from the start of the process to /health/ready
    std::chrono::milliseconds median_ready{0};
    std::chrono::seconds took{0};
    Verdict verdict;
};

CrashResult run_crash_loop(const CrashPlan& plan);
/// A Markdown table.
void print(std::ostream& out, const CrashPlan& plan, const CrashResult& result);
/// One line of docs/proof/crash.tsv, without the commit before it.
std::string as_line(const CrashPlan& plan, const CrashResult& result);

}  // namespace huiqiao::crash
