#include "src/api/order_routes.h"

#include "src/api/order_json.h"
#include "src/api/query.h"
#include "src/flow/intake_rules.h"
#include "src/http/problem.h"
#include "src/orders/payment_store.h"

namespace huiqiao::api {

namespace {

constexpr http::JsonLimits kOrderLimits{};
// How many orders there are is said by the field's own rule; the body's size bounds every other array.
constexpr http::JsonLimits kBatchLimits{10, OrderRoutes::kBatchBodyBytes, 128, 8192, OrderRoutes::kBatchBodyBytes};

bool is_order_state(std::string_view text) {
    using orders::OrderState;
    for (int number = 0; number <= static_cast<int>(OrderState::Refunded); ++number) {
        if (orders::to_text(static_cast<OrderState>(number)) == text) return true;
    }
    return false;
}

const flow::IntakeItem& intake_item(const db::Item& item) {
    return static_cast<const flow::IntakeItem&>(item);
}

}  // namespace

void OrderRoutes::add_to(http::Router& router) {
    const auto to = [this](http::Response (OrderRoutes::*route)(const Call&)) {
        return [this, route](const Call& call) { return (this->*route)(call); };
    };
    api_.add(router, http::Method::Post, "/v1/orders", {}, to(&OrderRoutes::create));
    api_.add(router, http::Method::Post, "/v1/orders/batch", {kBatchBodyBytes}, to(&OrderRoutes::create_batch));
    api_.add(router, http::Method::Get, "/v1/orders", {0}, to(&OrderRoutes::list));
    api_.add(router, http::Method::Get, "/v1/orders/{id}", {0}, to(&OrderRoutes::read));
    api_.add(router, http::Method::Post, "/v1/orders/{id}/cancel", {}, to(&OrderRoutes::cancel));
}

http::Response OrderRoutes::create(const Call& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body, kOrderLimits);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    flow::IntakeRequest request{call.caller.platform.id, call.request_id, {}};
    request.orders.push_back(read_order(json));
    if (auto refused = refusal(errors, call.request_id)) return *refused;
    auto item = intake_.prepare(request);
    if (!item) return http::problem(item.error(), call.request_id);
    return api_.record(call, recorded_intake_, *item, true, [id = call.request_id](const db::Item& done) {
        return single_answer(intake_item(done).answers.front(), id);
    });
}

http::Response OrderRoutes::create_batch(const Call& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body, kBatchLimits);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    flow::IntakeRequest request{call.caller.platform.id, call.request_id, {}};
    for (http::JsonObject& order : json.objects("orders", 1, flow::Intake::kMostOrders))
        request.orders.push_back(read_order(order));
    json.finish();
    if (auto refused = refusal(errors, call.request_id)) return *refused;
    auto item = intake_.prepare(request);
    if (!item) return http::problem(item.error(), call.request_id);
    return api_.record(call, recorded_intake_, *item, true,
                       [](const db::Item& done) { return batch_answer(intake_item(done).answers); });
}

http::Response OrderRoutes::read(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::optional<orders::Order> order;
    std::vector<orders::OrderLine> lines;
    std::vector<orders::Payment> payments;
    api_.database().read([&](db::Reader& reader) {
        order = orders::OrderStore::find(reader, id);
        if (!order || order->platform_id != call.caller.platform.id) return;
        lines = orders::OrderStore::lines(reader, id);
        payments = orders::PaymentStore().of_orders(reader, std::vector{id});
    });
    if (!order || order->platform_id != call.caller.platform.id)
        return http::problem(not_found("order", "订单"), call.request_id);
    http::JsonWriter json(lines.size() * 256 + 2048);
    write_order(json, *order, lines, payments);
    return http::Response::json(200, json.take());
}

http::Response OrderRoutes::list(const Call& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor", "state", "platform_order_no"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string* wanted = call.request.query_value("state");
    const std::string state = wanted == nullptr ? "" : *wanted;
    if (wanted != nullptr && !is_order_state(state))
        return http::problem(Error(api_error::kBadFilter, {{"name", "state"}, {"value", state}}), call.request_id);
    const std::string* number = call.request.query_value("platform_order_no");
    if (number != nullptr && !flow::is_order_no(*number))
        return http::problem(Error(api_error::kBadFilter,
                                   {{"name", "platform_order_no"}, {"value", number->size() <= 60 ? *number : "…"}}),
                             call.request_id);
    const std::string scope = "orders:" + call.caller.platform.id + ":" + state;
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<orders::Order> found;
    api_.database().read([&](db::Reader& reader) {
        if (number != nullptr) {  // one at most, by the number's own key
            auto order = orders::OrderStore::by_number(reader, call.caller.platform.id, *number);
            if (order && (state.empty() || orders::to_text(order->state) == state)) found.push_back(*std::move(order));
            return;
        }
        found = orders::OrderStore::list(reader, call.caller.platform.id, state, page->place, page->limit + 1);
    });
    const bool more = found.size() > static_cast<std::size_t>(page->limit);
    if (more) found.pop_back();
    http::JsonWriter json(found.size() * 1024 + 128);
    json.open_object().key("orders").open_array();
    for (const orders::Order& order : found) write_order(json, order);
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, found.back().id));
    json.close_object();
    return http::Response::json(200, json.take());
}

http::Response OrderRoutes::cancel(const Call& call) {
    if (const Status body = check_no_body(call.request); !body) return http::problem(body.error(), call.request_id);
    auto item = std::make_shared<flow::CancelItem>();
    item->platform_id = call.caller.platform.id;
    item->order_id = call.path.at("id");
    return api_.record(call, recorded_cancel_, item, false, [id = call.request_id](const db::Item& done) {
        const auto& cancelled = static_cast<const flow::CancelItem&>(done);
        if (cancelled.error) return http::problem(*cancelled.error, id);
        http::JsonWriter json(1024);
        write_order(json, *cancelled.order);
        return http::Response::json(200, json.take());
    });
}

}  // namespace huiqiao::api
