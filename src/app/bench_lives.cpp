#include "src/app/bench_lives.h"

#include <stdexcept>

#include "src/app/bench_stage.h"
#include "src/db/raw_replay.h"

namespace huiqiao::app {

namespace {

constexpr int kFirstWave = 300;  // makes accounts and currencies known, as they are to a service in use
constexpr int kMostDays = 8;     // a weekend between an order and its value date

void live(BenchStage& stage, int wave, int orders) {
    stage.submit(wave, orders);
    for (int days = 0; !stage.all_completed(); ++days) {
        if (days == kMostDays) throw std::runtime_error("Not every order was completed: " + stage.order_states());
        stage.live_a_day();
    }
}

}  // namespace

std::vector<Figure> measure_lives(BenchEngine& engine, const LivesSettings& settings) {
    const SystemClock machine;
    db::StatementRecorder recorder;
    db::DatabaseSettings product = engine.fresh(machine, "lives");
    product.recorder = &recorder;
    product.time_from_server = false;
    BenchStage stage({engine.directory() / "stage", settings.config_directory, settings.sample_directory},
                     std::move(product));
    const std::unique_ptr<db::RawReplay> raw = db::open_raw_replay(engine.fresh(machine, "lives_raw"));
    const auto spent = [&] {
        Spent now = Spent::until_now();
        now.cpu += Monotonic(engine.server_cpu_us());
        return now;
    };
    const auto follow = [&] {
        const std::vector<db::WrittenTransaction> written = recorder.take();
        const Spent begin = spent();
        for (const db::WrittenTransaction& transaction : written) raw->run(transaction);
        return spent() - begin;
    };

    live(stage, 0, kFirstWave);
    stage.know_currencies();
    follow();
    stage.prepare(1, settings.orders);
    const auto captured = recorder.spent();
    const Spent by_counterparties = stage.counterparties_took();
    const Spent begin = spent();
    live(stage, 1, settings.orders);
    Spent took = spent() - begin;
    took -= stage.counterparties_took() - by_counterparties;
    const auto capturing = std::chrono::duration_cast<Monotonic>(recorder.spent() - captured);
    took -= {capturing, capturing};
    const Spent raw_took = follow();
    stage.require_good_books();

    const std::string bare = engine.name() == "sqlite" ? "the same rows by prepared statements of sqlite3"
                                                       : "the same rows by multi-row statements of the C client";
    const auto of_wave = [&](Monotonic time) { return per_second(settings.orders, time.count()); };
    return {{"whole_lives", engine.name(), of_wave(took.wall), "orders/s", bare, of_wave(raw_took.wall), 500},
            {"whole_lives_cpu", engine.name(), of_wave(took.cpu), "orders/CPU s", bare, of_wave(raw_took.cpu),
             std::nullopt}};
}

}  // namespace huiqiao::app
