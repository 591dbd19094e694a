#pragma once
// Orders on hold, with what holds them, so that a person finds them by the matter of his work item. The flag itself is
// the order's hold_reason; whoever sets or clears it has locked the order and keeps the row here in step.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"

namespace huiqiao::flow {

struct HeldOrder {
    std::string order_id;
    std::string reason;      // as the order's hold_reason
    std::string subject_id;  // remittance or payee
    Instant held_at{};
};

class HeldOrders {
 public:
    static void put(db::Group& group, std::span<const HeldOrder> orders);
    static void set_reason(db::Tx& tx, std::string_view reason, std::span<const std::string> order_ids);
    static void remove(db::Tx& tx, std::span<const std::string> order_ids);
    static std::vector<HeldOrder> find(db::Reader& reader, std::span<const std::string> order_ids);
    /// How many a matter holds for that reason.
    static std::int64_t count(db::Reader& reader, std::string_view subject_id, std::string_view reason);
    /// In order of ids, after the given one ("" for the first page); of one subject, or of all where it is empty.
    static std::vector<HeldOrder> list(db::Reader& reader, std::string_view subject_id, std::string_view after_id,
                                       int limit);
};

}  // namespace huiqiao::flow
