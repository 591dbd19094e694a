#include "src/app/bench_lives.h"

#include <stdexcept>

#include "src/app/bench_beside.h"

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
    BesideRaw beside(engine, "lives",
                     {engine.directory() / "stage", settings.config_directory, settings.sample_directory});
    BenchStage& stage = beside.stage();

    live(stage, 0, kFirstWave);
    stage.know_currencies();
    beside.follow();
    stage.prepare(1, settings.orders);
    const Spent took = beside.measure([&] { live(stage, 1, settings.orders); });
    const Spent raw_took = beside.follow();
    stage.require_good_books();

    const std::string bare = beside.bare();
    const auto of_wave = [&](Monotonic time) { return per_second(settings.orders, time.count()); };
    return {{"whole_lives", engine.name(), of_wave(took.wall), "orders/s", bare, of_wave(raw_took.wall), 500},
            {"whole_lives_cpu", engine.name(), of_wave(took.cpu), "orders/CPU s", bare, of_wave(raw_took.cpu),
             std::nullopt}};
}

}  // namespace huiqiao::app
