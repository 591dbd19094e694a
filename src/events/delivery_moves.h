#pragma once
// The one write operation on deliveries: claims them for a try, records what came of it, and sends a parked one again.
// An answer is recorded only where the claim's epoch still fits. Private to the room.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/db/write_queue.h"
#include "src/events/event.h"

namespace huiqiao::events {

struct DeliveryMove {
    enum class Kind {
        Claim,      // due, not claimed by another: try it until `until`
        Postpone,   // its endpoint rests: due at `until`, no try counted
        NotWanted,  // the platform has no webhook
        Taken,      // the platform answered 2xx
        NotTaken,   // it did not, or nothing came
        Gone,       // it answered 410: no further try by itself
        SendAgain,  // a person's click on a parked one
    };
    Kind kind;
    std::string event_id;
    std::int64_t epoch = 0;  // Taken, NotTaken, Gone: of the claim
    Instant until{};
    int status = 0;
};

struct DeliveryItem final : db::Item {
    std::vector<DeliveryMove> moves;
    std::vector<Delivery> done;  // what the moves took hold of, as it now stands
};

/// Called inside the group for a delivery that was parked (Parked) or has left that place (Due, Delivered), so that a
/// person sees it.
using OnParking = std::function<void(db::Group& group, const Delivery& delivery)>;

class DeliveryMoves final : public db::Operation {
 public:
    explicit DeliveryMoves(OnParking on_parking) : on_parking_(std::move(on_parking)) {}

    [[nodiscard]] std::string_view name() const override { return "webhook_delivery"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    OnParking on_parking_;  // may be empty
};

}  // namespace huiqiao::events
