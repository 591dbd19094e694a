#include "src/app/bench_flat.h"

#include <poll.h>

#include <atomic>
#include <functional>
#include <future>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "src/app/bench_collecting.h"
#include "src/app/bench_load.h"
#include "src/app/bench_serve.h"
#include "src/app/bench_spent.h"

namespace huiqiao::app {

namespace {

constexpr int kGroup = Collecting::kGroup;
constexpr int kRounds = 10;       // measured
constexpr int kGroupsARound = 2;  // 10,000 orders in all
constexpr int kRestarts = 3;
constexpr std::int64_t kReadyWithin_ms = 2000;
constexpr int kTold = 50'000;  // orders between two lines of progress
constexpr int kLoadConnections = 16;
constexpr int kAcceptedBeforeKill = 2000;
constexpr int kPause_ms = 5;  // between two looks at the load

/// One file and what is written to it.
struct File {
    File(db::DatabaseSettings settings, const ledger::Chart& chart, BenchKeys keys)
        : world(std::move(settings), chart, std::move(keys)), collecting(world) {
        world.register_parties();
    }
    BenchWorld world;
    Collecting collecting;
    std::int64_t next = 0;

    std::vector<std::shared_ptr<db::Item>> prepare() {
        const std::int64_t first = next;
        next += kGroup;
        return world.intake_items(first, kGroup);
    }
};

void fill(File& file, std::int64_t orders, const Clock& clock) {
    const Monotonic begin = clock.monotonic();
    auto prepared = std::async(std::launch::async, [&file] { return file.prepare(); });
    for (std::int64_t done = kGroup; done <= orders; done += kGroup) {
        const auto group = prepared.get();
        prepared = std::async(std::launch::async, [&file] { return file.prepare(); });
        file.world.take_in(group);
        file.collecting.process(file.collecting.confirmed(group));
        if (done == kGroup) file.world.know_currencies();
        if (done % kTold != 0) continue;
        std::cerr << "  " << done << " of " << orders << " orders filled in "
                  << (clock.monotonic() - begin).count() / 1'000'000 << " s\n";
    }
    (void)prepared.get();
}

/// Orders a second, and a CPU second.
struct Pace {
    std::vector<std::int64_t> wall;
    std::vector<std::int64_t> cpu;
};

/// Orders taken in and collected; what is prepared for it is not counted.
void measure(File& file, Pace& pace) {
    Spent took;
    const auto timed = [&](const std::function<void()>& work) {
        const Spent begin = Spent::until_now();
        work();
        took += Spent::until_now() - begin;
    };
    for (int at = 0; at < kGroupsARound; ++at) {
        const auto group = file.prepare();
        timed([&] { file.world.take_in(group); });
        const auto confirmed = file.collecting.confirmed(group);
        timed([&] { file.collecting.process(confirmed); });
    }
    pace.wall.push_back(per_second(std::int64_t{kGroupsARound} * kGroup, took.wall.count()));
    pace.cpu.push_back(per_second(std::int64_t{kGroupsARound} * kGroup, took.cpu.count()));
}

/// Kills a service under load and starts it again; microseconds until it is ready.
std::int64_t restart(const BenchInstitution& institution, const db::DatabaseSettings& database,
                     const crypto::SigningKey& platform_key, std::int64_t& next, const Clock& clock) {
    BenchService service(institution, database);
    service.ready();
    crypto::SystemRandom random;
    std::atomic<int> sent{0};
    std::thread load([&] {
        Load orders{
            {static_cast<std::uint16_t>(service.port())}, kLoadConnections, 1'000'000, 201, [&] {
                ++sent;
                return request_bytes(BenchWorld::signed_order(next++, service.port(), platform_key, clock, random));
            }};
        try {
            run_load(orders, clock);
        } catch (const std::runtime_error&) {
            // The service was killed under it.
        }
    });
    const Monotonic until = clock.monotonic() + std::chrono::seconds(30);
    while (sent < kAcceptedBeforeKill && clock.monotonic() < until) ::poll(nullptr, 0, kPause_ms);
    service.kill();
    load.join();
    if (sent < kAcceptedBeforeKill) throw std::runtime_error("A service over the filled file takes no orders.");
    BenchService again(institution, database);
    const std::int64_t took = again.ready();
    again.stop();
    return took;
}

std::string with_thousands(std::int64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

}  // namespace

std::vector<Figure> measure_flat(BenchEngine& engine, const ledger::Chart& chart, const FlatSettings& settings) {
    SystemClock clock;
    const BenchInstitution institution(engine.directory() / "institution", settings.config_directory);
    const db::DatabaseSettings filled = engine.fresh(clock, "filled");
    Pace large;
    Pace empty;
    std::vector<std::int64_t> restarts;
    const std::string behind = "after " + with_thousands(settings.orders);
    std::optional<crypto::SigningKey> platform_key;
    std::int64_t next = 0;
    {
        File file(engine.settings("filled"), chart, institution.keys());
        fill(file, settings.orders, clock);
        File fresh(engine.fresh(clock, "empty"), chart, BenchKeys::random());
        for (int round = -1; round < kRounds; ++round) {
            measure(file, large);
            measure(fresh, empty);
            if (round >= 0) continue;
            fresh.world.know_currencies();
            large = {};
            empty = {};
        }
        platform_key.emplace(std::move(file.world.platform_key));
        next = file.next;
    }
    for (int at = 0; at < kRestarts; ++at) restarts.push_back(restart(institution, filled, *platform_key, next, clock));
    const std::string reference = "the same on an empty file; " + behind;
    return {
        {"flat_cost", engine.name(), median(large.wall), "orders/s", reference, median(empty.wall), 850},
        {"flat_cost_cpu", engine.name(), median(large.cpu), "orders/CPU s", reference, median(empty.cpu), std::nullopt},
        {"restart", engine.name(), median(restarts) / 1000, "ms", std::nullopt, std::nullopt, std::nullopt,
         kReadyWithin_ms}};
}

}  // namespace huiqiao::app
