#include "src/app/bench_beside.h"

#include <utility>

namespace huiqiao::app {

BesideRaw::BesideRaw(BenchEngine& engine, const std::string& name, const BenchStageFiles& files) : engine_(engine) {
    const SystemClock machine;
    db::DatabaseSettings product = engine.fresh(machine, name);
    product.recorder = &recorder_;
    product.time_from_server = false;
    stage_ = std::make_unique<BenchStage>(files, std::move(product));
    raw_ = db::open_raw_replay(engine.fresh(machine, name + "_raw"));
}

Spent BesideRaw::measure(const std::function<void()>& work) const {
    const auto captured = recorder_.spent();
    const Spent by_counterparties = stage_->counterparties_took();
    const Spent begin = until_now();
    work();
    Spent took = until_now() - begin;
    took -= stage_->counterparties_took() - by_counterparties;
    const auto capturing = std::chrono::duration_cast<Monotonic>(recorder_.spent() - captured);
    took -= {capturing, capturing};
    return took;
}

Spent BesideRaw::follow() {
    const std::vector<db::WrittenTransaction> written = recorder_.take();
    const Spent begin = until_now();
    for (const db::WrittenTransaction& transaction : written) raw_->run(transaction);
    return until_now() - begin;
}

std::string BesideRaw::bare() const {
    return engine_.name() == "sqlite" ? "the same rows by prepared statements of sqlite3"
                                      : "the same rows by multi-row statements of the C client";
}

Spent BesideRaw::until_now() const {
    Spent now = Spent::until_now();
    now.cpu += Monotonic(engine_.server_cpu_us());
    return now;
}

}  // namespace huiqiao::app
