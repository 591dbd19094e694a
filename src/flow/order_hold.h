#pragma once
// Putting orders on hold for a matter, and letting them go from it. An order may be held for several at once; its
// hold_reason is one of theirs, and is empty only when the last is gone. Orders are under lock and loaded; the rows are
// written here or by the caller, the orders by the caller (save_orders). Tells nobody and decides nothing.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/flow/held_order_store.h"
#include "src/orders/order.h"

namespace huiqiao::flow {

/// In memory; the row is added to those that the caller puts.
void hold(orders::Order& order, std::string_view reason, std::string_view subject_id, std::vector<HeldOrder>& rows);

/// The matter holds them no more. What else holds one is its hold_reason then.
void let_go(db::Group& group, std::string_view subject_id, std::span<orders::Order* const> orders);

/// What would hold it without that matter; empty: nothing.
std::string held_without(db::Reader& reader, const orders::Order& order, std::string_view subject_id);

bool is_held_for(db::Reader& reader, const orders::Order& order, std::string_view reason, std::string_view subject_id);

}  // namespace huiqiao::flow
