#include "src/app/bench_processes.h"

#include "src/app/bench_load.h"
#include "src/app/bench_serve.h"

namespace huiqiao::app {

namespace {

constexpr int kBatch = 100;
constexpr int kConnections = 12;
constexpr int kProcesses = 3;

/// Orders a second that so many services take together.
std::int64_t measure(const BenchInstitution& institution, const db::DatabaseSettings& database, int processes,
                     const crypto::SigningKey& platform_key, std::int64_t& next, int requests) {
    const SystemClock clock;
    crypto::SystemRandom random;
    std::vector<std::unique_ptr<BenchService>> services;
    Load load;
    for (int at = 0; at < processes; ++at) services.push_back(std::make_unique<BenchService>(institution, database));
    for (const auto& service : services) {
        service->ready();
        load.ports.push_back(static_cast<std::uint16_t>(service->port()));
    }
    load.connections = kConnections;
    load.requests = requests;
    load.expected_status = 200;
    // The authority that a signature covers is the name by which the request came: one for all, whoever takes it.
    load.next = [&] {
        std::string body = "{\"orders\":[";
        for (int of_batch = 0; of_batch < kBatch; ++of_batch, ++next)
            body.append(of_batch == 0 ? "" : ",").append(BenchWorld::order_json(next));
        return request_bytes(BenchWorld::signed_post("/v1/orders/batch", std::move(body.append("]}")),
                                                     services.front()->port(), platform_key, clock, random));
    };
    const LoadResult result = run_load(load, clock);
    for (const auto& service : services) service->stop();
    return per_second(std::int64_t{requests} * kBatch, result.took_us);
}

}  // namespace

std::vector<Figure> measure_processes(BenchEngine& engine, const ledger::Chart& chart,
                                      const std::filesystem::path& config_directory, BenchRounds rounds) {
    const SystemClock clock;
    const BenchInstitution institution(engine.directory() / "institution", config_directory);
    const db::DatabaseSettings database = engine.fresh(clock, "processes");
    std::optional<crypto::SigningKey> platform_key;
    {
        BenchWorld world(engine.settings("processes"), chart, institution.keys());
        world.register_parties();
        platform_key.emplace(std::move(world.platform_key));
    }
    std::int64_t next = 0;
    const int requests = rounds.groups * 10;
    std::vector<std::int64_t> one;
    std::vector<std::int64_t> several;
    for (int round = -1; round < rounds.rounds; ++round) {
        const std::int64_t by_one = measure(institution, database, 1, *platform_key, next, requests);
        const std::int64_t by_several = measure(institution, database, kProcesses, *platform_key, next, requests);
        if (round < 0) continue;
        one.push_back(by_one);
        several.push_back(by_several);
    }
    return {{"many_processes", engine.name(), median(several), "orders/s", "one serve under the same load", median(one),
             1000}};
}

}  // namespace huiqiao::app
