// When the house's database fails.

#include "src/base/crash_point.h"
#include "tests/sim/spread.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

bool World::is_store_down(StoreFault by) const {
    return store_down_by_ == by && desk_->clock().true_now() < store_up_at_;
}

void World::take_store_down(FaultKind kind, StoreFault by) {
    store_down_by_ = by;
    store_up_at_ = desk_->clock().true_now() + log_uniform(weather_.below(kind, 1'000'000), 1, 7200);
    desk_->note(std::string(to_text(kind)) + " until " + rfc3339(store_up_at_));
}

StoreFault World::at_begin() {
    if (!is_house_open()) return StoreFault::None;
    if (is_store_down(StoreFault::ReadOnly)) return StoreFault::ReadOnly;
    if (weather_.strikes(FaultKind::StoreBusy)) return StoreFault::Busy;
    if (!weather_.strikes(FaultKind::StoreReadOnly)) return StoreFault::None;
    take_store_down(FaultKind::StoreReadOnly, StoreFault::ReadOnly);
    return StoreFault::ReadOnly;
}

StoreFault World::at_statement() {
    if (!is_house_open()) return StoreFault::None;
    if (is_store_down(StoreFault::Full)) return StoreFault::Full;
    if (weather_.strikes(FaultKind::CrashInGroup)) crash_point(kBetweenStatements);
    if (!weather_.strikes(FaultKind::StoreFull)) return StoreFault::None;
    take_store_down(FaultKind::StoreFull, StoreFault::Full);
    return StoreFault::Full;
}

StoreFault World::at_commit() {
    if (!is_house_open()) return StoreFault::None;
    const auto lost = [this](FaultKind kind) {
        return weather_.below(kind, 2) == 0 ? StoreFault::LostBeforeCommit : StoreFault::LostAfterCommit;
    };
    if (weather_.strikes(FaultKind::StoreForgets)) {
        // Whoever asks what became of it finds nobody.
        take_store_down(FaultKind::StoreForgets, StoreFault::ReadOnly);
        return lost(FaultKind::StoreForgets);
    }
    return weather_.strikes(FaultKind::CommitUnknown) ? lost(FaultKind::CommitUnknown) : StoreFault::None;
}

}  // namespace huiqiao::testing::sim
