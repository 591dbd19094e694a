#include "src/app/bench_lock.h"

#include <algorithm>

#include "src/app/bench_stage.h"

namespace huiqiao::app {

namespace {

constexpr const char* kCurrency = "USD";
constexpr std::int64_t kMost_us = 5000;  // beyond the bank's own answer
constexpr int kOrders = 300;             // whose money stands behind the locks
constexpr int kFirst = 10;               // locks that make statements and accounts known, as to a service in use

}  // namespace

std::vector<Figure> measure_lock(BenchEngine& engine, const LockBenchSettings& settings) {
    const SystemClock machine;
    db::DatabaseSettings database = engine.fresh(machine, "lock");
    database.time_from_server = false;
    // Orders that are larger than what the bank deals at once wait, and boards are asked for all the while.
    BenchStage stage({.directory = engine.directory() / "lock_stage",
                      .config_directory = settings.config_directory,
                      .sample_directory = settings.sample_directory,
                      .currency = kCurrency,
                      .overrides = {"fx-terms sandbox-bank.largest_deal=20.00", "fx.ask_every_s=15"}},
                     std::move(database));
    stage.gather(0, kOrders, kCurrency);
    const Money amount = Money::parse(Currency::known("CNY"), "10.00").value();
    std::vector<std::int64_t> took;
    for (int at = 0; at < kFirst + settings.locks; ++at) {
        stage.live_seconds(20);  // a price carries one lock
        // Each is of an amount of its own: the same one again would be taken for the first one sent twice.
        const Spent added = stage.lock_a_rate(kCurrency, amount + Money::of_minor(amount.currency(), at));
        if (at >= kFirst) took.push_back(added.wall.count());
    }
    stage.require_good_books();
    std::sort(took.begin(), took.end());
    const std::int64_t p99 = took[(took.size() * 99 - 1) / 100];
    return {{"lock_latency", engine.name(), p99, "us p99", std::nullopt, std::nullopt, std::nullopt, kMost_us}};
}

}  // namespace huiqiao::app
