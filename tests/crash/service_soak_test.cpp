// RSC-05: the service at work for a while keeps what it has: descriptors, threads, memory. Rounds of the same load, the
// first to warm up; HUIQIAO_SOAK_ROUNDS=100 runs it at length, some minutes. What a round leaves behind in memory is
// counted by order, so that a leak of a few kilobytes for each shows in seconds.

#include <doctest/doctest.h>
#include <poll.h>

#include <cstdlib>
#include <iostream>

#include "tests/contract/http_sockets.h"
#include "tests/crash/faulty_machine.h"
#include "tests/crash/judge.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace std::chrono_literals;

namespace {

constexpr int kRequestsARound = 250;
constexpr int kWarmUp = 2;    // rounds
constexpr int kDropped = 60;  // connections a round that say nothing, or half of something, and go
constexpr int kTick_ms = 10;
/// Connections and threads that pools keep for a while, and make when they are wanted.
constexpr std::int64_t kPooled = 48;
constexpr std::int64_t kNoiseKib = std::int64_t{16} * 1024;
constexpr int kLong = 40;  // rounds

int rounds() {
    const char* more = std::getenv("HUIQIAO_SOAK_ROUNDS");
    return more == nullptr ? 6 : std::max(4, std::atoi(more));
}

struct Reading {
    std::int64_t descriptors, threads, memory_kib, database_kib;
};

Reading read(crash::CrashStage& stage) {
    const pid_t service = stage.world().process("operators").pid();
    return {static_cast<std::int64_t>(crash::open_descriptors(service)), crash::process_status(service, "Threads"),
            crash::process_status(service, "VmRSS"),
            static_cast<std::int64_t>(std::filesystem::file_size(stage.world().directory() / "huiqiao.db") +
                                      std::filesystem::file_size(stage.world().directory() / "huiqiao.db-wal")) /
                1024};
}

std::size_t acknowledged(crash::CrashStage& stage) {
    std::size_t count = 0;
    for (const auto& sender : stage.senders()) {
        for (const crash::Submission& each : sender->submissions()) count += each.acknowledged() ? 1 : 0;
    }
    return count;
}

void one_round(crash::CrashStage& stage) {
    for (int at = 0; at < kDropped; ++at) {
        const auto connection = huiqiao::test::RawConnection::to(
            static_cast<std::uint16_t>(stage.world().port(at % 2 == 0 ? "platforms" : "notices")));
        if (at % 3 == 0) connection.send("GET /v1/orders HTTP/1.1\r\nHost: a\r\n");
    }
    // By the server's own count, since the senders' is their threads'.
    const auto served = [&] { return crash::metric(stage, "huiqiao_http_requests_total{listener=\"platforms\"}"); };
    const std::int64_t until = served() + kRequestsARound;
    stage.under_load([&] {
        while (served() < until) {
            for (int tick = 0; tick < 20; ++tick) {
                ::poll(nullptr, 0, kTick_ms);
                stage.world().clock().advance(1s);
            }
        }
    });
    stage.answer_everything();
    stage.world().advance(3min);
}

}  // namespace

TEST_CASE("RSC-05 T8 rounds of load leave descriptors, threads and memory of the service as they were") {
    const std::filesystem::path directory = testing::fresh_directory("soak");
    {
        crash::CrashStage stage({.directory = directory / "stage",
                                 .start = Date::of_number(crash::kFirstDay).at_shanghai(9),
                                 .program = HUIQIAO_PROGRAM},
                                1);
        const Monotonic began = stage.world().clock().monotonic();
        Reading first{};
        Reading middle{};
        Reading last{};
        for (int round = 1; round <= rounds(); ++round) {
            one_round(stage);
            last = read(stage);
            if (round <= kWarmUp) first = last;
            if (round <= rounds() / 2) middle = last;
        }
        const auto seconds =
            std::chrono::duration_cast<std::chrono::seconds>(stage.world().clock().monotonic() - began).count();
        const auto row = [&](const char* what, std::int64_t Reading::*value) {
            std::cout << "| " << what << " | " << first.*value << " | " << middle.*value << " | " << last.*value
                      << " |\n";
        };
        std::cout << "| What | After warm-up | Half way | At the end |\n|---|--:|--:|--:|\n| rounds | " << kWarmUp
                  << " | " << rounds() / 2 << " | " << rounds() << " |\n";
        row("descriptors", &Reading::descriptors);
        row("threads", &Reading::threads);
        row("memory (RSS), KiB", &Reading::memory_kib);
        row("database and its log, KiB", &Reading::database_kib);
        std::cout << "| requests acknowledged | | | " << acknowledged(stage) << " |\n| seconds | | | " << seconds
                  << " |\n";
        CHECK(last.descriptors <= first.descriptors + kPooled);
        CHECK(last.threads <= first.threads + kPooled);
        CHECK(last.memory_kib <= first.memory_kib + kNoiseKib + 2 * (last.database_kib - first.database_kib));
        if (rounds() >= kLong) CHECK(last.memory_kib <= middle.memory_kib + kNoiseKib);
        CHECK(acknowledged(stage) > 200);
        for (const std::string& fault : crash::judge_acknowledged(stage).faults) FAIL_CHECK(fault);
    }
    std::filesystem::remove_all(directory);
}
