#pragma once
// What happened to an object of ours, in the order it happened: a row is written in the commit of the change it tells
// of, with a sequence per object that rises by one for each event and by nothing else. The row is also the webhook's
// delivery, so an event costs one row. Payloads hold ids, states and amounts, no personal data.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/db/database.h"
#include "src/db/lock_ranks.h"
#include "src/db/statement.h"

namespace huiqiao::events {

enum class DeliveryState {
    Due,        // waits for due_at: first try or a further one
    Delivered,  // the platform answered 2xx
    Parked,     // 72 hours of tries are over, or 410: a person may send it again
    NotWanted,  // the platform has no webhook
};

std::string_view to_text(DeliveryState state);
DeliveryState delivery_state_from_text(std::string_view text);

struct Event {
    std::string id;           // "evt_…": also the webhook-id
    std::string object_kind;  // "order"
    std::string object_id;
    std::int64_t sequence = 0;
    std::string type;  // "order.paid"
    std::string platform_id;
    std::string payload;  // JSON object
    Instant created_at{};
};

struct Delivery {
    Event event;
    DeliveryState state = DeliveryState::Due;
    int attempts = 0;
    std::int64_t epoch = 0;  // of the last claim
    int last_status = 0;     // of the last answer; 0 where there was none
    std::optional<Instant> due_at;
};

/// Rank of event rows among the locks, behind every business noun.
inline constexpr int kEventRank = db::lock_rank::kEvent;
inline constexpr db::LockTable kEventLock{kEventRank, "SELECT id FROM event WHERE id IN (:list) ORDER BY id"};

class EventStore {
 public:
    /// Due at once for delivery.
    static void append(db::Tx& tx, std::span<const Event> events);

    /// Of one object, by sequence, after the given one.
    static std::vector<Event> of_object(db::Reader& reader, const std::string& object_id, std::int64_t after_sequence,
                                        int limit);
    static std::vector<Delivery> load(db::Reader& reader, std::span<const std::string> ids);
    static std::vector<std::string> due(db::Reader& reader, Instant now, int limit);
    static std::vector<Delivery> parked(db::Reader& reader, const std::string& after_id, int limit);
    /// In order of writing, after the given id: what pruning looks at.
    struct Told {
        std::string id;
        DeliveryState state;
        Instant created_at;
    };
    static std::vector<Told> after(db::Reader& reader, const std::string& after_id, int limit);
    /// Of locked rows those that nobody waits for any more, told or not wanted; how many went.
    static int forget(db::Tx& tx, std::span<const std::string> ids);
    /// When the oldest event was written whose webhook is still to be told, among those first due.
    static std::optional<Instant> oldest_due(db::Reader& reader);
    /// Locked rows: state, attempts, epoch, last_status, due_at.
    static void update(db::Tx& tx, std::span<const Delivery> deliveries);
};

}  // namespace huiqiao::events
