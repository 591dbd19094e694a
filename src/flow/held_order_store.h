#pragma once
// Orders on hold, with what holds them: one row for each order and matter (the remittance, payee, purchase or quote's
// order), so that an order may be held for several and is let go by each alone. The flag itself is the order's
// hold_reason (src/flow/order_hold.h keeps it in step); whoever writes here has locked the order. Decides nothing.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"

namespace huiqiao::flow {

struct HeldOrder {
    std::string order_id;
    std::string reason;      // kept_by_operators where two persons decided to keep it
    std::string subject_id;  // the matter: remittance, payee, purchase, or of a quote the order
    Instant held_at{};
};

class HeldOrders {
 public:
    /// Those that the matter holds already are passed over.
    static void put(db::Group& group, std::span<const HeldOrder> orders);
    /// Of one matter, or of all that hold them where it is empty.
    static void set_reason(db::Tx& tx, std::string_view reason, std::string_view subject_id,
                           std::span<const std::string> order_ids);
    static void remove(db::Tx& tx, std::string_view subject_id, std::span<const std::string> order_ids);
    /// By order, and of one order in the order in which they began.
    static std::vector<HeldOrder> find(db::Reader& reader, std::span<const std::string> order_ids);
    /// How many a matter holds for that reason.
    static std::int64_t count(db::Reader& reader, std::string_view subject_id, std::string_view reason);
    /// In order of ids and matters, behind the given place ("" for the first page); of one subject, or of all where it
    /// is empty.
    static std::vector<HeldOrder> list(db::Reader& reader, std::string_view subject_id, std::string_view behind,
                                       int limit);
    /// Of a row, for the next page: "ord_…|rem_…".
    static std::string place_of(const HeldOrder& row);
};

}  // namespace huiqiao::flow
