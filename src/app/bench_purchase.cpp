#include "src/app/bench_purchase.h"

#include <stdexcept>

#include "src/app/bench_stage.h"
#include "src/db/raw_replay.h"

namespace huiqiao::app {

namespace {

constexpr const char* kCurrency = "USD";
constexpr const char* kPurchases = "convert";  // the worker
constexpr int kFirstWave = 300;  // makes accounts, currencies and statements known, as to a service in use
constexpr int kMostDays = 8;

/// Until every order's money is there, and nothing was bought for it.
void gather(BenchStage& stage, int wave, int orders) {
    stage.rest(kPurchases);
    stage.submit(wave, orders);
    for (int days = 0; stage.waiting_for_purchase(kCurrency) != orders; ++days) {
        if (days == kMostDays)
            throw std::runtime_error("Not every order came to its purchase: " + stage.order_states());
        stage.live_a_day();
    }
    stage.live_hours(1);  // into the banks' day
    stage.everybody_works();
}

}  // namespace

std::vector<Figure> measure_purchase(BenchEngine& engine, const PurchaseSettings& settings) {
    const SystemClock machine;
    db::StatementRecorder recorder;
    db::DatabaseSettings product = engine.fresh(machine, "purchase");
    product.recorder = &recorder;
    product.time_from_server = false;
    BenchStage stage({engine.directory() / "stage", settings.config_directory, settings.sample_directory, kCurrency},
                     std::move(product));
    const std::unique_ptr<db::RawReplay> raw = db::open_raw_replay(engine.fresh(machine, "purchase_raw"));
    const auto follow = [&] {
        const std::vector<db::WrittenTransaction> written = recorder.take();
        const Spent begin = Spent::until_now();
        for (const db::WrittenTransaction& transaction : written) raw->run(transaction);
        return Spent::until_now() - begin;
    };

    gather(stage, 0, kFirstWave);
    stage.settle();
    // Into a new week: what comes in on its Monday is bought for in it.
    while (!stage.today().is_weekend()) stage.live_a_day();
    while (stage.today().is_weekend()) stage.live_a_day();
    stage.know_currencies();
    gather(stage, 1, settings.orders);
    follow();
    const int before = stage.purchases_dealt();

    const auto captured = recorder.spent();
    const Spent by_counterparties = stage.counterparties_took();
    const Spent begin = Spent::until_now();
    stage.settle();
    Spent took = Spent::until_now() - begin;
    took -= stage.counterparties_took() - by_counterparties;
    const auto capturing = std::chrono::duration_cast<Monotonic>(recorder.spent() - captured);
    took -= {capturing, capturing};

    const Spent raw_took = follow();
    const int left = stage.waiting_for_purchase(kCurrency);
    const int purchases = stage.purchases_dealt() - before;
    if (left != 0 || purchases != 1)
        throw std::runtime_error("It was to be one purchase for all: " + std::to_string(purchases) + ", and " +
                                 std::to_string(left) + " orders still wait.");
    stage.require_good_books();

    const std::string bare = engine.name() == "sqlite" ? "the same rows by prepared statements of sqlite3"
                                                       : "the same rows by multi-row statements of the C client";
    const auto of_all = [&](Monotonic time) { return per_second(settings.orders, time.count()); };
    return {
        {"purchase_5000", engine.name(), of_all(took.wall), "orders/s", bare, of_all(raw_took.wall), 500},
        {"purchase_5000_ms", engine.name(), took.wall.count() / 1000, "ms", std::nullopt, std::nullopt, std::nullopt}};
}

}  // namespace huiqiao::app
