#include "src/flow/save_orders.h"

#include <set>
#include <vector>

#include "src/base/planted.h"
#include "src/events/event.h"
#include "src/flow/exposure_counting.h"
#include "src/http/json_writer.h"
#include "src/orders/to_buy_store.h"

namespace huiqiao::flow {

std::string order_payload(const orders::Order& order, std::int64_t sequence) {
    const orders::OrderAmounts& a = order.amounts;
    http::JsonWriter json(384);
    json.open_object()
        .field("id", order.id)
        .field("platform_order_no", order.platform_order_no)
        .field("merchant_id", order.merchant_id)
        .field("sequence", sequence)
        .field("state", orders::to_text(order.state))
        .field("declaration_state", order.declaration_state)
        .field("due", a.due)
        .field("paid", a.paid);
    if (!a.refunded.is_zero()) json.field("refunded", a.refunded);
    if (!a.bought.is_zero()) json.field("bought", a.bought);
    if (!a.remitted.is_zero()) json.field("remitted", a.remitted);
    json.close_object();
    return json.take();
}

namespace {

/// Until its declaration is opened. Paid in full for the first time: there is something to declare. Ended unpaid: there
/// never will be, unless late money revives it.
std::string declaration_after(const orders::Order& order) {
    const std::string& state = order.declaration_state;
    const bool is_open = state == orders::kDeclarationWaits || state == orders::kNotDeclared;
    if (!is_open || !orders::is_declared(order.trade)) return state;
    if (order.amounts.paid >= order.amounts.due) return std::string(orders::kDeclarationDue);
    const bool has_ended = order.state == orders::OrderState::Cancelled || order.state == orders::OrderState::Expired;
    return std::string(has_ended ? orders::kNotDeclared : orders::kDeclarationWaits);
}

/// Of orders that were put together by hand.
void load_stored(db::Reader& reader, std::span<const OrderChange> changes) {
    std::vector<std::string> ids;
    for (const OrderChange& change : changes)
        if (!change.order->stored) ids.push_back(change.order->id);
    if (ids.empty()) return;
    for (const orders::Order& row : orders::OrderStore::load(reader, ids)) {
        for (const OrderChange& change : changes)
            if (change.order->id == row.id) change.order->stored = row.amounts;
    }
}

}  // namespace

void save_orders(db::Group& group, std::span<const OrderChange> changes) {
    if (changes.empty()) return;
    std::vector<const orders::Order*> rows;
    std::vector<events::Event> happened;
    std::set<std::string_view> ids;
    ExposureCounting counting;
    load_stored(group.tx, changes);
    rows.reserve(changes.size());
    happened.reserve(changes.size());
    for (const OrderChange& change : changes) {
        orders::Order& order = *change.order;
        if (!ids.insert(order.id).second) throw LogicError("order " + order.id + " stands twice in one change");
        const orders::OrderState before = order.state;
        order.state = orders::state_of(order.amounts, order.payout, order.payment_open, order.expired, order.cancelled);
        order.declaration_state = declaration_after(order);
        if (!orders::is_to_be_bought(order)) {
            order.to_buy_since.reset();
        } else if (!order.to_buy_since) {
            order.to_buy_since = Date::in_shanghai(group.now);
        }
        rows.push_back(&order);
        counting.changed(order, before);
        order.stored = order.amounts;
        if (order.state == before && change.event_type.empty()) continue;
        order.event_sequence +=
            is_planted(Bug::SequenceSkipped) && order.state == orders::OrderState::Completed ? 2 : 1;
        std::string type =
            change.event_type.empty() ? "order." + std::string(orders::to_text(order.state)) : change.event_type;
        happened.push_back({group.ids.next("evt"), "order", order.id, order.event_sequence, std::move(type),
                            order.platform_id, order_payload(order, order.event_sequence), group.now});
    }
    orders::OrderStore::update(group.tx, rows);
    counting.write(group);
    events::EventStore::append(group.tx, happened);
}

}  // namespace huiqiao::flow
