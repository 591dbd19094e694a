#include "src/api/account_routes.h"

#include "src/api/query.h"
#include "src/api/reading_store.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"

namespace huiqiao::api {

void AccountRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/accounts", {0},
             [this](const OperatorCall& call) { return list(call); });
}

http::Response AccountRoutes::list(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "accounts";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<AccountBalance> accounts;
    api_.database().read(
        [&](db::Reader& reader) { accounts = ReadingStore::accounts(reader, page->place, "", page->limit + 1); });
    const bool more = accounts.size() > static_cast<std::size_t>(page->limit);
    if (more) accounts.pop_back();
    http::JsonWriter json(accounts.size() * 256 + 128);
    json.open_object().key("accounts").open_array();
    for (const AccountBalance& account : accounts) {
        json.open_object()
            .field("id", account.account_id)
            .field("booked", account.booked)
            .field("held", account.held)
            .close_object();
    }
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, accounts.back().account_id));
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
