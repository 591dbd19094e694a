#include "src/flow/order_hold.h"

#include <algorithm>

namespace huiqiao::flow {

namespace {

/// Of one order's rows. A flag that none of them has set is nobody's here and stays.
std::string reason_without(const orders::Order& order, std::span<const HeldOrder> rows, std::string_view subject_id) {
    std::string oldest;
    bool was_its = false;
    bool is_anothers = false;
    for (const HeldOrder& row : rows) {
        if (row.order_id != order.id) continue;
        const bool is_flag = row.reason == order.hold_reason;
        if (row.subject_id == subject_id) {
            was_its = was_its || is_flag;
            continue;
        }
        is_anothers = is_anothers || is_flag;
        if (oldest.empty()) oldest = row.reason;
    }
    return was_its && !is_anothers ? oldest : order.hold_reason;
}

}  // namespace

void hold(orders::Order& order, std::string_view reason, std::string_view subject_id, std::vector<HeldOrder>& rows) {
    if (order.hold_reason.empty()) order.hold_reason = std::string(reason);
    rows.push_back({order.id, std::string(reason), std::string(subject_id)});
}

void let_go(db::Group& group, std::string_view subject_id, std::span<orders::Order* const> orders) {
    if (orders.empty()) return;
    if (subject_id.empty()) throw LogicError("orders are let go from no matter");
    std::vector<std::string> ids;
    for (const orders::Order* order : orders) ids.push_back(order->id);
    const std::vector<HeldOrder> rows = HeldOrders::find(group.tx, ids);
    for (orders::Order* order : orders) order->hold_reason = reason_without(*order, rows, subject_id);
    HeldOrders::remove(group.tx, subject_id, ids);
}

std::string held_without(db::Reader& reader, const orders::Order& order, std::string_view subject_id) {
    return reason_without(order, HeldOrders::find(reader, std::span(&order.id, 1)), subject_id);
}

bool is_held_for(db::Reader& reader, const orders::Order& order, std::string_view reason, std::string_view subject_id) {
    const std::vector<HeldOrder> rows = HeldOrders::find(reader, std::span(&order.id, 1));
    return std::any_of(rows.begin(), rows.end(),
                       [&](const HeldOrder& row) { return row.reason == reason && row.subject_id == subject_id; });
}

}  // namespace huiqiao::flow
