#include "src/api/matter_routes.h"

#include <charconv>
#include <map>

#include "src/api/query.h"
#include "src/flow/held_order_store.h"
#include "src/flow/suspense_store.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"
#include "src/orders/order_store.h"
#include "src/reconciliation/break_list.h"

namespace huiqiao::api {

namespace {

void write_suspended(http::JsonWriter& json, const flow::Suspended& item, Instant now) {
    const Instant since = from_us(item.entry.booked_at_us);
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - since);
    json.open_object()
        .field("entry_id", item.entry.id)
        .field("account", item.account.id())
        .field("amount", item.amount)
        .field("source_type", item.entry.source_type)
        .field("source_id", item.entry.source_id)
        .field("kind", item.entry.kind)
        .field("since", since)
        .field("age_s", std::int64_t{age.count()})
        .close_object();
}

/// With what the buyer owed and what would be remitted if it were released now.
void write_held(http::JsonWriter& json, const flow::HeldOrder& held, const orders::Order& order, Instant now) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - held.held_at);
    json.open_object()
        .field("order_id", held.order_id)
        .field("reason", held.reason)
        .field("subject_id", held.subject_id)
        .field("amount", order.amounts.due)
        .field("remittable", order.amounts.remittable(order.payout))
        .field("since", held.held_at)
        .field("age_s", std::int64_t{age.count()})
        .close_object();
}

void write_break(http::JsonWriter& json, const reconciliation::Break& found, Instant now) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - found.opened_at);
    json.open_object()
        .field("id", found.id)
        .field("kind", reconciliation::to_text(found.kind))
        .field("account", found.account)
        .field("difference", found.difference)
        .field("text", found.text_en)
        .field("text_zh", found.text_zh);
    if (!found.owner.empty()) json.field("owner", found.owner);
    json.field("since", found.opened_at).field("age_s", std::int64_t{age.count()}).close_object();
}

/// Where a list of breaks goes on: "<microseconds>|<id>".
std::string place_of(const reconciliation::Break& found) {
    return std::to_string(to_us(found.opened_at)) + "|" + found.id;
}
std::pair<Instant, std::string> behind(const std::string& place) {
    const std::size_t bar = place.find('|');
    std::int64_t opened_us = 0;
    if (bar == std::string::npos) return {};
    std::from_chars(place.data(), place.data() + bar, opened_us);
    return {from_us(opened_us), place.substr(bar + 1)};
}

}  // namespace

void MatterRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/suspense", {0},
             [this](const OperatorCall& call) { return suspense(call); });
    api_.add(router, http::Method::Get, "/v1/ops/held-orders", {0},
             [this](const OperatorCall& call) { return held_orders(call); });
    api_.add(router, http::Method::Get, "/v1/ops/breaks", {0},
             [this](const OperatorCall& call) { return breaks(call); });
}

http::Response MatterRoutes::breaks(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "breaks";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    const auto [opened_at, id] = behind(page->place);
    std::vector<reconciliation::Break> found;
    api_.database().read([&, &since = opened_at, &last = id](db::Reader& reader) {
        found = reconciliation::open_breaks_behind(reader, since, last, page->limit + 1);
    });
    const bool more = found.size() > static_cast<std::size_t>(page->limit);
    if (more) found.pop_back();
    http::JsonWriter json(found.size() * 512 + 128);
    json.open_object().key("breaks").open_array();
    for (const reconciliation::Break& one : found) write_break(json, one, api_.clock().now());
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, place_of(found.back())));
    json.close_object();
    return http::Response::json(200, json.take());
}

http::Response MatterRoutes::suspense(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "suspense";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<flow::Suspended> items;
    api_.database().read(
        [&](db::Reader& reader) { items = flow::SuspenseStore::open(reader, page->place, page->limit + 1); });
    const bool more = items.size() > static_cast<std::size_t>(page->limit);
    if (more) items.pop_back();
    http::JsonWriter json(items.size() * 384 + 128);
    json.open_object().key("suspense").open_array();
    for (const flow::Suspended& item : items) write_suspended(json, item, api_.clock().now());
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, items.back().entry.id));
    json.close_object();
    return http::Response::json(200, json.take());
}

http::Response MatterRoutes::held_orders(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor", "subject_id"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string* wanted = call.request.query_value("subject_id");
    const std::string subject = wanted == nullptr ? "" : *wanted;
    const std::string scope = "held-orders|" + subject;
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<flow::HeldOrder> held;
    std::map<std::string, orders::Order> orders;  // each once, however many matters hold it
    api_.database().read([&](db::Reader& reader) {
        held = flow::HeldOrders::list(reader, subject, page->place, page->limit + 1);
        std::vector<std::string> ids;
        for (const flow::HeldOrder& one : held) ids.push_back(one.order_id);
        for (orders::Order& order : orders::OrderStore::load(reader, ids)) {
            const std::string id = order.id;
            orders.emplace(id, std::move(order));
        }
    });
    const bool more = held.size() > static_cast<std::size_t>(page->limit);
    if (more) held.pop_back();
    http::JsonWriter json(held.size() * 384 + 128);
    json.open_object().key("held_orders").open_array();
    for (const flow::HeldOrder& one : held) {
        const auto order = orders.find(one.order_id);
        if (order == orders.end()) throw LogicError("an order on hold is not there");
        write_held(json, one, order->second, api_.clock().now());
    }
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, flow::HeldOrders::place_of(held.back())));
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
