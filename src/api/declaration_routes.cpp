#include "src/api/declaration_routes.h"

#include "customs/declaration_store.h"
#include "src/api/query.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"
#include "src/orders/order_store.h"

namespace huiqiao::api {

namespace {

/// Customs' own texts may name persons, so only the code of a receipt is told.
void write_declaration(http::JsonWriter& json, const customs::Declaration& declaration) {
    const bool is_decided = declaration.state == customs::DeclarationState::Accepted ||
                            declaration.state == customs::DeclarationState::Rejected;
    json.open_object().field("id", declaration.id).field("order_id", declaration.order_id);
    if (!declaration.sub_order_no.empty()) json.field("sub_order_no", declaration.sub_order_no);
    json.field("customs_port", declaration.customs_port)
        .field("state", customs::to_text(declaration.state))
        .field("serial", declaration.serial)
        .field("amount", declaration.amount)
        .field("paid_at", declaration.paid_at)
        .field("times_sent", declaration.part_no)
        .field("stands_at_customs", declaration.stands);
    // While a message is under way the last receipt speaks of an earlier one.
    if (is_decided) {
        if (!declaration.return_code.empty()) json.field("return_code", declaration.return_code);
        if (declaration.decided_at != Instant{}) json.field("decided_at", declaration.decided_at);
    }
    json.field("created_at", declaration.created_at).close_object();
}

}  // namespace

void DeclarationRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/declarations/{id}", {0}, [this](const Call& call) { return read(call); });
    api_.add(router, http::Method::Get, "/v1/orders/{id}/declarations", {0},
             [this](const Call& call) { return of_order(call); });
}

http::Response DeclarationRoutes::read(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::vector<customs::Declaration> declarations;
    std::optional<orders::Order> order;
    api_.database().read([&](db::Reader& reader) {
        declarations = customs::DeclarationStore::load(reader, std::vector{call.path.at("id")});
        if (!declarations.empty()) order = orders::OrderStore::find(reader, declarations.front().order_id);
    });
    if (!order || order->platform_id != call.caller.platform.id)
        return http::problem(not_found("declaration", "申报单"), call.request_id);
    http::JsonWriter json;
    write_declaration(json, declarations.front());
    return http::Response::json(200, json.take());
}

http::Response DeclarationRoutes::of_order(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::vector<customs::Declaration> declarations;
    std::optional<orders::Order> order;
    api_.database().read([&](db::Reader& reader) {
        order = orders::OrderStore::find(reader, id);
        if (order) declarations = customs::DeclarationStore::of_orders(reader, std::vector{id});
    });
    if (!order || order->platform_id != call.caller.platform.id)
        return http::problem(not_found("order", "订单"), call.request_id);
    http::JsonWriter json;
    json.open_object().key("declarations").open_array();
    for (const customs::Declaration& declaration : declarations) write_declaration(json, declaration);
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
