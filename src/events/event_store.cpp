#include <unordered_map>

#include "src/base/error.h"
#include "src/events/event.h"

namespace huiqiao::events {

namespace {

constexpr db::Insert kAppend{
    "event", "id, object_kind, object_id, sequence, type, platform_id, payload, created_at, state, due_at",
    "tttitttitI"};
constexpr std::string_view kEventKinds = "tttittti";
constexpr db::Select kOfObject{
    "SELECT id, object_kind, object_id, sequence, type, platform_id, payload, created_at FROM event "
    "WHERE object_id = :p1 AND sequence > :p2 ORDER BY sequence LIMIT :p3",
    kEventKinds};
constexpr std::string_view kDeliveryKinds = "tttitttitiiiI";
constexpr db::Select kLoad{
    "SELECT id, object_kind, object_id, sequence, type, platform_id, payload, created_at, state, attempts, epoch, "
    "last_status, due_at FROM event WHERE id IN (:list)",
    kDeliveryKinds};
constexpr db::Select kParked{
    "SELECT id, object_kind, object_id, sequence, type, platform_id, payload, created_at, state, attempts, epoch, "
    "last_status, due_at FROM event WHERE due_at = :p1 AND id > :p2 ORDER BY id LIMIT :p3",
    kDeliveryKinds};
constexpr db::Select kDue{"SELECT id FROM event WHERE due_at IS NOT NULL AND due_at <= :p1 ORDER BY due_at LIMIT :p2",
                          "t"};
constexpr db::Select kAfter{"SELECT id, state, created_at FROM event WHERE id > :p1 ORDER BY id LIMIT :p2", "tti"};
constexpr db::Command kForget{"DELETE FROM event WHERE due_at IS NULL AND id IN (:list)"};
// Those that back off are due later than others that came after them, so some are looked at, not one.
constexpr db::Select kOldestDue{
    "SELECT MIN(created_at) FROM (SELECT created_at FROM event WHERE due_at < :p1 ORDER BY due_at LIMIT 10000) oldest",
    "I"};
constexpr db::Update kUpdate{"event", "id", "state, attempts, epoch, last_status, due_at", "ttiiiI"};

// Parked rows stand at the far end of the index on due_at, where no clock comes and a list finds them.
constexpr std::int64_t kParkedAt = std::int64_t{1} << 62;

Event event_from(const db::Found& found, std::size_t row) {
    return {found.text(row, 0), found.text(row, 1), found.text(row, 2), found.integer(row, 3),
            found.text(row, 4), found.text(row, 5), found.text(row, 6), from_us(found.integer(row, 7))};
}

Delivery delivery_from(const db::Found& found, std::size_t row) {
    std::optional<Instant> due_at;
    if (!found.is_null(row, 12) && found.integer(row, 12) != kParkedAt) due_at = from_us(found.integer(row, 12));
    return {
        event_from(found, row), delivery_state_from_text(found.text(row, 8)), static_cast<int>(found.integer(row, 9)),
        found.integer(row, 10), static_cast<int>(found.integer(row, 11)),     due_at};
}

}  // namespace

std::string_view to_text(DeliveryState state) {
    switch (state) {
        case DeliveryState::Due: return "due";
        case DeliveryState::Delivered: return "delivered";
        case DeliveryState::Parked: return "parked";
        case DeliveryState::NotWanted: return "not_wanted";
    }
    throw LogicError("delivery state out of range");
}

DeliveryState delivery_state_from_text(std::string_view text) {
    for (const DeliveryState state :
         {DeliveryState::Due, DeliveryState::Delivered, DeliveryState::Parked, DeliveryState::NotWanted}) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no delivery state: " + std::string(text));
}

void EventStore::append(db::Tx& tx, std::span<const Event> events) {
    if (events.empty()) return;
    db::Rows rows;
    for (const Event& e : events) {
        rows.add(e.id, e.object_kind, e.object_id, e.sequence, e.type, e.platform_id, e.payload, e.created_at,
                 to_text(DeliveryState::Due), e.created_at);
    }
    tx.insert(kAppend, rows);
}

std::vector<Event> EventStore::of_object(db::Reader& reader, const std::string& object_id, std::int64_t after_sequence,
                                         int limit) {
    const db::Found found = reader.select(kOfObject, {object_id, after_sequence, limit});
    std::vector<Event> events;
    for (std::size_t row = 0; row < found.size(); ++row) events.push_back(event_from(found, row));
    return events;
}

std::vector<Delivery> EventStore::load(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kLoad, {}, ids);
    std::vector<Delivery> deliveries;
    for (std::size_t row = 0; row < found.size(); ++row) deliveries.push_back(delivery_from(found, row));
    return deliveries;
}

std::vector<std::string> EventStore::due(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kDue, {now, limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

std::vector<Delivery> EventStore::parked(db::Reader& reader, const std::string& after_id, int limit) {
    const db::Found found = reader.select(kParked, {kParkedAt, after_id, limit});
    std::vector<Delivery> deliveries;
    for (std::size_t row = 0; row < found.size(); ++row) deliveries.push_back(delivery_from(found, row));
    return deliveries;
}

std::vector<EventStore::Told> EventStore::after(db::Reader& reader, const std::string& after_id, int limit) {
    const db::Found found = reader.select(kAfter, {after_id, limit});
    std::vector<Told> told;
    for (std::size_t row = 0; row < found.size(); ++row)
        told.push_back(
            {found.text(row, 0), delivery_state_from_text(found.text(row, 1)), from_us(found.integer(row, 2))});
    return told;
}

int EventStore::forget(db::Tx& tx, std::span<const std::string> ids) {
    return ids.empty() ? 0 : static_cast<int>(tx.execute(kForget, {}, ids));
}

std::optional<Instant> EventStore::oldest_due(db::Reader& reader) {
    const db::Found found = reader.select(kOldestDue, {kParkedAt});
    if (found.empty() || found.is_null(0, 0)) return std::nullopt;
    return from_us(found.integer(0, 0));
}

void EventStore::update(db::Tx& tx, std::span<const Delivery> deliveries) {
    if (deliveries.empty()) return;
    db::Rows rows;
    for (const Delivery& d : deliveries) {
        const db::Value due_at = d.state == DeliveryState::Parked ? db::Value(kParkedAt)
                                 : d.due_at                       ? db::Value(*d.due_at)
                                                                  : db::kNull;
        rows.add(d.event.id, to_text(d.state), d.attempts, d.epoch, d.last_status, due_at);
    }
    tx.update(kUpdate, rows);
}

}  // namespace huiqiao::events
