#include "src/flow/watch_waiting.h"

#include "src/flow/operation_of.h"
#include "src/flow/waiting_matters.h"

namespace huiqiao::flow {

struct WatchWaiting::Parts {
    db::Database& database;
    db::WriteQueue& queue;
    const ledger::Ledger& ledger;
    Banks banks;
    int orders_a_purchase;
};

namespace {

constexpr std::string_view kOver = "no order waits for it any more";

/// A clock that was set back does not put a look off for ever.
bool is_due(Instant due_at, Instant now) {
    return due_at <= now || due_at > now + WatchWaiting::kEvery;
}

struct TurnItem final : db::Item {
    std::optional<WatchPlace> place;  // answer: none where another process has this minute
};

class TurnWork final : public db::Work {
 public:
    TurnWork(const WatchWaiting::Parts&, std::vector<TurnItem*> items) : items_(std::move(items)) {}
    void claim(db::Claims& claims) override { WatchPlaces::claim(claims); }
    void lock(db::Locks& locks) override { locks.add(kWatchPlaceLock, kWatchPlace); }
    void run(db::Group& group) override {
        for (TurnItem* item : items_) item->place.reset();
        std::optional<WatchPlace> place = WatchPlaces::find(group.tx);
        if (items_.empty() || !is_due(place.value().due_at, group.now)) return;
        WatchPlaces::set_due(group.tx, group.now + WatchWaiting::kEvery);
        items_.front()->place = std::move(place);
    }

 private:
    std::vector<TurnItem*> items_;
};

struct TellItem final : db::Item {
    WaitingLook found;
};

class TellWork final : public db::Work {
 public:
    TellWork(const WatchWaiting::Parts&, std::vector<TellItem*> items) : items_(std::move(items)) {}
    void lock(db::Locks& locks) override { locks.add(kWatchPlaceLock, kWatchPlace); }
    void run(db::Group& group) override {
        const operators::WorkItems work_items;
        for (const TellItem* item : items_) {
            work_items.open(group, item->found.opened);
            for (const operators::NewWorkItem& changed : item->found.changed) work_items.retell(group, changed);
            for (const auto& [kind, subject] : item->found.over) work_items.close(group, kind, subject, kOver);
            WatchPlaces::move(group.tx, item->found.next);
        }
    }

 private:
    std::vector<TellItem*> items_;
};

}  // namespace

WatchWaiting::WatchWaiting(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, Banks banks,
                           int orders_a_purchase)
    : parts_(std::make_unique<Parts>(Parts{database, queue, ledger, std::move(banks), orders_a_purchase})),
      turn_(std::make_unique<OperationOf<TurnWork, TurnItem, Parts>>(*parts_, "watch_waiting_turn")),
      tell_(std::make_unique<OperationOf<TellWork, TellItem, Parts>>(*parts_, "watch_waiting")) {}

WatchWaiting::~WatchWaiting() = default;

int WatchWaiting::step(Instant now) {
    if (!is_due(next_, now)) return 0;
    std::optional<WatchPlace> place;
    parts_->database.look([&](db::Reader& reader) { place = WatchPlaces::find(reader); });
    if (place && !is_due(place->due_at, now)) {
        next_ = place->due_at;
        return 0;
    }
    const auto turn = std::make_shared<TurnItem>();
    next_ = now + kEvery;
    if (!parts_->queue.run(*turn_, turn) || !turn->place) return 0;
    const auto item = std::make_shared<TellItem>();
    parts_->database.read([&](db::Reader& reader) {
        item->found =
            look_at_waiting(reader, parts_->ledger, parts_->banks, parts_->orders_a_purchase, *turn->place, now);
    });
    const WaitingLook& found = item->found;
    const std::size_t told = found.opened.size() + found.changed.size() + found.over.size();
    const WatchPlace& from = *turn->place;
    const bool stays =
        found.next.orders == from.orders && found.next.merchants == from.merchants && found.next.told == from.told;
    // What could not be written now is found again by the next look.
    if ((told == 0 && stays) || !parts_->queue.run(*tell_, item)) return 0;
    return static_cast<int>(told);
}

}  // namespace huiqiao::flow
