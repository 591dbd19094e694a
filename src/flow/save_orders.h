#pragma once
// The one way in which flow changes orders: recomputes each order's state from its amounts, writes all that changed by
// one bulk update, and appends one event to each order whose state changed or that is given an event type. Orders must
// be locked (orders::kOrderLock) and loaded under that lock; `state` must still be what was loaded.

#include <span>
#include <string>

#include "src/db/write_queue.h"
#include "src/orders/order.h"

namespace huiqiao::flow {

struct OrderChange {
    orders::Order* order;    // changed in memory: amounts, flags, declaration state, hold reason
    std::string event_type;  // "order.funded"; empty: "order.<state>" where the state changed, else no event
};

/// After it the orders in memory are what stands: state and event_sequence are raised. An order stands in at most one
/// change of a call (LogicError).
void save_orders(db::Group& group, std::span<const OrderChange> changes);

/// The event's payload: ids, state, amounts; no personal data.
std::string order_payload(const orders::Order& order, std::int64_t sequence);

}  // namespace huiqiao::flow
