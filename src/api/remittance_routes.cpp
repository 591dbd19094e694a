#include "src/api/remittance_routes.h"

#include "src/api/query.h"
#include "src/api/reading_store.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"
#include "src/parties/party_store.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::api {

namespace {

bool is_of(db::Reader& reader, const std::string& merchant_id, const std::string& platform_id) {
    const auto merchants = parties::PartyStore::merchants(reader, std::vector{merchant_id});
    const auto merchant = merchants.find(merchant_id);
    return merchant != merchants.end() && merchant->second.platform_id == platform_id;
}

/// Without the closing bracket. The bank's own texts and our holds are no platform's matter.
void begin_remittance(http::JsonWriter& json, const remittance::Remittance& remittance) {
    json.open_object()
        .field("id", remittance.id)
        .field("kind", remittance::to_text(remittance.kind))
        .field("merchant_id", remittance.merchant_id)
        .field("payee_id", remittance.payee_id)
        .field("state", remittance::to_text(remittance.state))
        .field("amount", remittance.amount)
        .field("reference", remittance.reference);
    if (!remittance.uetr.empty()) json.field("uetr", remittance.uetr);
    if (!remittance.reason_code.empty()) json.field("reason_code", remittance.reason_code);
    json.field("debited", remittance.debited)
        .field("returned", remittance.returned)
        .field("created_at", remittance.created_at);
}

}  // namespace

void RemittanceRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/remittances", {0}, [this](const Call& call) { return list(call); });
    api_.add(router, http::Method::Get, "/v1/remittances/{id}", {0}, [this](const Call& call) { return read(call); });
}

http::Response RemittanceRoutes::read(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    const remittance::RemittanceStore store;
    std::optional<remittance::Remittance> found;
    std::vector<remittance::Allocation> allocations;
    api_.database().read([&](db::Reader& reader) {
        auto loaded = store.load(reader, std::vector{id});
        const auto at = loaded.find(id);
        if (at == loaded.end() || !is_of(reader, at->second.merchant_id, call.caller.platform.id)) return;
        found = std::move(at->second);
        allocations = store.allocations(reader, std::vector{id});
    });
    if (!found) return http::problem(not_found("remittance", "付汇单"), call.request_id);
    http::JsonWriter json(allocations.size() * 128 + 1024);
    begin_remittance(json, *found);
    json.key("orders").open_array();
    for (const remittance::Allocation& allocation : allocations) {
        json.open_object().field("order_id", allocation.order_id).field("amount", allocation.amount).close_object();
    }
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

http::Response RemittanceRoutes::list(const Call& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor", "merchant_id"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& platform_id = call.caller.platform.id;
    const std::string* wanted = call.request.query_value("merchant_id");
    const std::string merchant_id = wanted == nullptr ? "" : *wanted;
    const std::string scope = "remittances:" + platform_id + ":" + merchant_id;
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    const remittance::RemittanceStore store;
    std::vector<remittance::Remittance> rows;
    bool is_theirs = true;
    api_.database().read([&](db::Reader& reader) {
        if (wanted != nullptr) {
            is_theirs = is_of(reader, merchant_id, platform_id);
            if (is_theirs) rows = store.list(reader, merchant_id, page->place, page->limit + 1);
            return;
        }
        const auto ids = ReadingStore::remittance_ids(reader, platform_id, page->place, page->limit + 1);
        auto loaded = store.load(reader, ids);
        for (const std::string& id : ids) rows.push_back(std::move(loaded.at(id)));
    });
    if (!is_theirs) return http::problem(not_found("merchant", "商户"), call.request_id);
    const bool more = rows.size() > static_cast<std::size_t>(page->limit);
    if (more) rows.pop_back();
    http::JsonWriter json(rows.size() * 512 + 128);
    json.open_object().key("remittances").open_array();
    for (const remittance::Remittance& remittance : rows) {
        begin_remittance(json, remittance);
        json.close_object();
    }
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, rows.back().id));
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
