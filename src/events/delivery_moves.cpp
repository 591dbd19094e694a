#include "src/events/delivery_moves.h"

#include <set>

#include "src/events/delivery_schedule.h"

namespace huiqiao::events {

namespace {

/// Whether the move takes hold of the delivery as it stands; if so it is changed.
bool apply(const DeliveryMove& move, Delivery& delivery, Instant now) {
    const bool due = delivery.state == DeliveryState::Due && delivery.due_at && *delivery.due_at <= now;
    const bool mine = delivery.state == DeliveryState::Due && delivery.epoch == move.epoch;
    switch (move.kind) {
        case DeliveryMove::Kind::Claim:
            if (!due) return false;
            ++delivery.epoch;
            ++delivery.attempts;
            delivery.due_at = move.until;
            return true;
        case DeliveryMove::Kind::Postpone:
            if (!due) return false;
            delivery.due_at = move.until;
            return true;
        case DeliveryMove::Kind::NotWanted:
            if (!due) return false;
            delivery.state = DeliveryState::NotWanted;
            delivery.due_at.reset();
            return true;
        case DeliveryMove::Kind::Taken:
            if (!mine) return false;
            delivery.state = DeliveryState::Delivered;
            delivery.last_status = move.status;
            delivery.due_at.reset();
            return true;
        case DeliveryMove::Kind::NotTaken:
            if (!mine) return false;
            delivery.last_status = move.status;
            delivery.due_at = next_try(delivery.attempts, delivery.event.created_at, now);
            if (!delivery.due_at) delivery.state = DeliveryState::Parked;
            return true;
        case DeliveryMove::Kind::Gone:
            if (!mine) return false;
            delivery.last_status = move.status;
            delivery.state = DeliveryState::Parked;
            delivery.due_at.reset();
            return true;
        case DeliveryMove::Kind::SendAgain:
            if (delivery.state != DeliveryState::Parked) return false;
            delivery.state = DeliveryState::Due;
            delivery.due_at = now;
            return true;
    }
    throw LogicError("delivery move out of range");
}

class Moving final : public db::Work {
 public:
    Moving(std::span<const std::shared_ptr<db::Item>> items, const OnParking& on_parking) : on_parking_(on_parking) {
        for (const auto& item : items) items_.push_back(static_cast<DeliveryItem*>(item.get()));
    }

    void lock(db::Locks& locks) override {
        for (const DeliveryItem* item : items_) {
            for (const DeliveryMove& move : item->moves) locks.add(kEventLock, move.event_id);
        }
    }

    void run(db::Group& group) override {
        std::vector<std::string> ids;
        for (DeliveryItem* item : items_) {
            item->done.clear();
            if (item->skipped) continue;
            for (const DeliveryMove& move : item->moves) ids.push_back(move.event_id);
        }
        std::map<std::string, Delivery> standing;
        for (Delivery& delivery : EventStore::load(group.tx, ids)) {
            std::string id = delivery.event.id;
            standing.emplace(std::move(id), std::move(delivery));
        }
        std::map<std::string, const Delivery*> changed;
        std::set<std::string> parked_before;
        for (const auto& [id, delivery] : standing) {
            if (delivery.state == DeliveryState::Parked) parked_before.insert(id);
        }
        for (DeliveryItem* item : items_) {
            if (item->skipped) continue;
            for (const DeliveryMove& move : item->moves) {
                const auto at = standing.find(move.event_id);
                if (at == standing.end() || !apply(move, at->second, group.now)) continue;
                changed[move.event_id] = &at->second;
                item->done.push_back(at->second);
            }
        }
        std::vector<Delivery> rows;
        for (const auto& [id, delivery] : changed) rows.push_back(*delivery);
        EventStore::update(group.tx, rows);
        for (const Delivery& delivery : rows) {
            const bool parked = delivery.state == DeliveryState::Parked;
            if (on_parking_ && parked != parked_before.contains(delivery.event.id)) on_parking_(group, delivery);
        }
    }

 private:
    const OnParking& on_parking_;
    std::vector<DeliveryItem*> items_;
};

}  // namespace

std::unique_ptr<db::Work> DeliveryMoves::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<Moving>(items, on_parking_);
}

}  // namespace huiqiao::events
