#include "src/app/bench_purchase.h"

#include <stdexcept>

#include "src/app/bench_beside.h"

namespace huiqiao::app {

namespace {

constexpr const char* kCurrency = "USD";
constexpr std::int64_t kMostOnSqlite_ms = 500;
constexpr std::int64_t kMostOnMariadb_ms = 1000;
constexpr int kFirstWave = 300;  // makes accounts, currencies and statements known, as to a service in use

}  // namespace

std::vector<Figure> measure_purchase(BenchEngine& engine, const PurchaseSettings& settings) {
    BesideRaw beside(engine, "purchase",
                     {engine.directory() / "stage", settings.config_directory, settings.sample_directory, kCurrency});
    BenchStage& stage = beside.stage();

    stage.gather(0, kFirstWave, kCurrency);
    stage.settle();
    // Into a new week: what comes in on its Monday is bought for in it.
    while (!stage.today().is_weekend()) stage.live_a_day();
    while (stage.today().is_weekend()) stage.live_a_day();
    stage.know_currencies();
    stage.gather(1, settings.orders, kCurrency);
    beside.follow();
    const int before = stage.purchases_dealt();

    const Spent took = beside.measure([&] { stage.settle(); });
    const Spent raw_took = beside.follow();
    const int left = stage.waiting_for_purchase(kCurrency);
    const int purchases = stage.purchases_dealt() - before;
    if (left != 0 || purchases != 1)
        throw std::runtime_error("It was to be one purchase for all: " + std::to_string(purchases) + ", and " +
                                 std::to_string(left) + " orders still wait.");
    stage.require_good_books();

    const auto of_all = [&](Monotonic time) { return per_second(settings.orders, time.count()); };
    return {{"purchase_5000", engine.name(), of_all(took.wall), "orders/s", beside.bare(), of_all(raw_took.wall), 500},
            {"purchase_5000_ms", engine.name(), took.wall.count() / 1000, "ms", std::nullopt, std::nullopt,
             std::nullopt, engine.name() == "sqlite" ? kMostOnSqlite_ms : kMostOnMariadb_ms}};
}

}  // namespace huiqiao::app
