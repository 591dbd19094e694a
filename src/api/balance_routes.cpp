#include "src/api/balance_routes.h"

#include "src/api/query.h"
#include "src/api/reading_store.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"
#include "src/ledger/balance_at.h"
#include "src/parties/party_store.h"

namespace huiqiao::api {

void BalanceRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/merchants/{id}/balances", {0},
             [this](const Call& call) { return balances(call); });
}

http::Response BalanceRoutes::balances(const Call& call) {
    if (const Status query = check_query(call.request, {"at"}); !query)
        return http::problem(query.error(), call.request_id);
    std::optional<Instant> at;
    if (const std::string* text = call.request.query_value("at")) {
        const Result<Instant> instant = parse_rfc3339(*text);
        if (!instant) return http::problem(instant.error(), call.request_id);
        if (*instant > api_.clock().now())
            return http::problem(Error(api_error::kInstantAhead, {{"asked", rfc3339(*instant)}}), call.request_id);
        at = *instant;
    }
    const std::string& id = call.path.at("id");
    bool is_theirs = false;
    std::vector<AccountBalance> accounts;
    std::vector<Result<Money>> past;
    api_.database().read([&](db::Reader& reader) {
        const auto merchants = parties::PartyStore::merchants(reader, std::vector{id});
        const auto merchant = merchants.find(id);
        is_theirs = merchant != merchants.end() && merchant->second.platform_id == call.caller.platform.id;
        if (!is_theirs) return;
        accounts = ReadingStore::merchant_accounts(reader, id);
        for (std::size_t i = 0; at && i < accounts.size(); ++i) {
            past.push_back(ledger::balance_at(reader, chart_, ledger::merchant(id, accounts[i].booked.currency()), *at,
                                              api_.clock().now()));
        }
    });
    if (!is_theirs) return http::problem(not_found("merchant", "商户"), call.request_id);
    http::JsonWriter json;
    json.open_object().field("merchant_id", id).field("at", at).key("balances").open_array();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (at && !past[i]) return http::problem(past[i].error(), call.request_id);
        const AccountBalance& account = accounts[i];
        json.open_object().field("booked", at ? *past[i] : account.booked);
        if (!at) json.field("held", account.held).field("available", account.booked - account.held);
        json.close_object();
    }
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
