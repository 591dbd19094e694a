#include "src/app/bench_write.h"

#include <functional>
#include <stdexcept>

#include "src/app/bench_collecting.h"
#include "src/db/raw_replay.h"

namespace huiqiao::app {

namespace {

constexpr int kGroup = Collecting::kGroup;
constexpr int kHotMerchant = 7;

/// The product beside a second database that gets the same rows from the bare client.
class Pair {
 public:
    Pair(BenchEngine& engine, const ledger::Chart& chart)
        : engine_(engine),
          world(recorded(engine.fresh(clock_, "product"), recorder_), chart),
          raw_(db::open_raw_replay(engine.fresh(clock_, "raw"))) {
        world.register_parties();
        follow();
    }

    /// Microseconds that the product took, without what capturing the rows took.
    std::int64_t by_product(const std::function<void()>& work) {
        const auto spent_before = recorder_.spent();
        const Monotonic begin = clock_.monotonic();
        work();
        const Monotonic took = clock_.monotonic() - begin;
        return (took - std::chrono::duration_cast<Monotonic>(recorder_.spent() - spent_before)).count();
    }
    /// Microseconds that the bare client takes to write what the product wrote since.
    std::int64_t follow() {
        const std::vector<db::WrittenTransaction> written = recorder_.take();
        const Monotonic begin = clock_.monotonic();
        for (const db::WrittenTransaction& transaction : written) raw_->run(transaction);
        return (clock_.monotonic() - begin).count();
    }
    void require_equal_rows() {
        db::Database raw(engine_.settings("raw"), clock_);
        const std::string of_raw = db::row_counts(raw);
        const std::string of_product = db::row_counts(world.database);
        if (of_raw != of_product) {
            throw std::runtime_error("Product and bare client wrote different rows.\nProduct:\n" + of_product +
                                     "Bare client:\n" + of_raw);
        }
    }

 private:
    static db::DatabaseSettings recorded(db::DatabaseSettings settings, db::StatementRecorder& recorder) {
        settings.recorder = &recorder;
        return settings;
    }
    BenchEngine& engine_;
    SystemClock clock_;
    db::StatementRecorder recorder_;

 public:
    BenchWorld world;

 private:
    std::unique_ptr<db::RawReplay> raw_;
};

struct Compared {
    std::vector<std::int64_t> product;
    std::vector<std::int64_t> raw;

    [[nodiscard]] Figure figure(const std::string& name, const BenchEngine& engine, const std::string& unit,
                                const std::string& reference, std::int64_t goal_e3) const {
        return {name, engine.name(), median(product), unit, reference, median(raw), goal_e3};
    }
};

std::string bare(const BenchEngine& engine) {
    return engine.name() == "sqlite" ? "the same rows by prepared statements of sqlite3"
                                     : "the same rows by multi-row statements of the C client";
}

}  // namespace

std::vector<Figure> measure_writes(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds) {
    Pair pair(engine, chart);
    Collecting collecting(pair.world);
    using Group = std::vector<std::shared_ptr<db::Item>>;
    const int count = rounds.groups * kGroup;
    std::int64_t next = 0;

    Compared intake;
    for (int round = -1; round < rounds.rounds; ++round) {  // the first warms both up
        std::vector<Group> groups;
        for (int at = 0; at < rounds.groups; ++at, next += kGroup)
            groups.push_back(pair.world.intake_items(next, kGroup));
        const std::int64_t product = pair.by_product([&] {
            for (const Group& group : groups) pair.world.take_in(group);
        });
        const std::int64_t raw = pair.follow();
        if (round < 0) continue;
        intake.product.push_back(per_second(count, product));
        intake.raw.push_back(per_second(count, raw));
    }

    Compared collect;
    std::vector<std::int64_t> hot;
    for (int round = -1; round < 2 * rounds.rounds; ++round) {  // spread and hot in turn
        const bool is_hot = round % 2 != 0 && round > 0;
        std::vector<Group> groups;
        for (int at = 0; at < rounds.groups; ++at, next += kGroup)
            groups.push_back(collecting.confirmed(next, is_hot ? std::optional(kHotMerchant) : std::nullopt));
        pair.follow();
        const std::int64_t product = pair.by_product([&] {
            for (const Group& group : groups) collecting.process(group);
        });
        const std::int64_t raw = pair.follow();
        if (round < 0) {
            pair.world.know_currencies();
            continue;
        }
        (is_hot ? hot : collect.product).push_back(per_second(count, product));
        if (!is_hot) collect.raw.push_back(per_second(count, raw));
    }
    const auto all = static_cast<std::uint64_t>(2 * rounds.rounds + 1) * static_cast<std::uint64_t>(count);
    if (collecting.booked() != all) throw std::runtime_error("Not every confirmed payment was booked.");
    pair.require_equal_rows();

    Figure hot_account{"hot_account",
                       engine.name(),
                       median(hot),
                       "payments/s",
                       "write_collect over 1,000 merchants",
                       median(collect.product),
                       900};
    return {intake.figure("write_intake", engine, "orders/s", bare(engine), 700),
            collect.figure("write_collect", engine, "payments/s", bare(engine), 700), hot_account};
}

}  // namespace huiqiao::app
