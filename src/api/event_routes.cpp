#include "src/api/event_routes.h"

#include <charconv>

#include "src/api/query.h"
#include "src/events/event.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"
#include "src/orders/order_store.h"

namespace huiqiao::api {

namespace {

std::int64_t sequence_of(const std::string& place) {
    std::int64_t sequence = 0;
    // A place that does not read cannot come from our own cursor: it stays 0.
    std::from_chars(place.data(), place.data() + place.size(), sequence);
    return sequence;
}

void write_event(http::JsonWriter& json, const events::Event& event) {
    json.open_object()
        .field("id", event.id)
        .field("type", event.type)
        .field("sequence", event.sequence)
        .field("created_at", event.created_at)
        .raw_field("data", event.payload)
        .close_object();
}

}  // namespace

void EventRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/orders/{id}/events", {0},
             [this](const Call& call) { return of_order(call); });
}

http::Response EventRoutes::of_order(const Call& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    const std::string scope = "events:" + call.caller.platform.id + ":" + id;
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::optional<orders::Order> order;
    std::vector<events::Event> events;
    api_.database().read([&](db::Reader& reader) {
        order = orders::OrderStore::find(reader, id);
        if (order) events = events::EventStore::of_object(reader, id, sequence_of(page->place), page->limit);
    });
    if (!order || order->platform_id != call.caller.platform.id)
        return http::problem(not_found("order", "订单"), call.request_id);
    http::JsonWriter json(events.size() * 512 + 128);
    json.open_object().key("events").open_array();
    for (const events::Event& event : events) write_event(json, event);
    json.close_array();
    // Always there once there is an event: who keeps it asks for what comes later.
    if (!events.empty()) {
        json.field("next_cursor", api_.cursors().write(scope, std::to_string(events.back().sequence)));
    } else if (const std::string* same = call.request.query_value("cursor")) {
        json.field("next_cursor", *same);
    }
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
