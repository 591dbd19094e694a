#include "src/api/payment_routes.h"

#include "src/api/payment_json.h"
#include "src/api/query.h"
#include "src/http/problem.h"
#include "src/orders/order_store.h"
#include "src/orders/payment_store.h"

namespace huiqiao::api {

void write_payment(http::JsonWriter& json, const orders::Payment& payment) {
    json.open_object()
        .field("id", payment.id)
        .field("order_id", payment.order_id)
        .field("channel", payment.channel)
        .field("reference", payment.reference)
        .field("state", orders::to_text(payment.state))
        .field("amount", payment.amount)
        .field("received", payment.received);
    if (!payment.channel_number.empty()) json.field("channel_number", payment.channel_number);
    if (!payment.pay_url.empty() && orders::is_payable(payment.state)) json.field("pay_url", payment.pay_url);
    if (!payment.reason.empty()) json.field("reason", payment.reason);
    if (payment.paid_at != Instant{}) json.field("paid_at", payment.paid_at);
    json.field("created_at", payment.created_at).field("expires_at", payment.expires_at).close_object();
}

void PaymentRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/payments/{id}", {0}, [this](const Call& call) { return read(call); });
    api_.add(router, http::Method::Get, "/v1/orders/{id}/payments", {0},
             [this](const Call& call) { return of_order(call); });
}

http::Response PaymentRoutes::read(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::vector<orders::Payment> payments;
    std::optional<orders::Order> order;
    api_.database().read([&](db::Reader& reader) {
        payments = orders::PaymentStore().load(reader, std::vector{call.path.at("id")});
        if (!payments.empty()) order = orders::OrderStore::find(reader, payments.front().order_id);
    });
    if (!order || order->platform_id != call.caller.platform.id)
        return http::problem(not_found("payment", "支付单"), call.request_id);
    http::JsonWriter json;
    write_payment(json, payments.front());
    return http::Response::json(200, json.take());
}

http::Response PaymentRoutes::of_order(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::vector<orders::Payment> payments;
    std::optional<orders::Order> order;
    api_.database().read([&](db::Reader& reader) {
        order = orders::OrderStore::find(reader, id);
        if (order) payments = orders::PaymentStore().of_orders(reader, std::vector{id});
    });
    if (!order || order->platform_id != call.caller.platform.id)
        return http::problem(not_found("order", "订单"), call.request_id);
    http::JsonWriter json;
    json.open_object().key("payments").open_array();
    for (const orders::Payment& payment : payments) write_payment(json, payment);
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
