#include "src/api/lock_routes.h"

#include <map>

#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/api/query.h"
#include "src/http/problem.h"

namespace huiqiao::api {

std::vector<LockSeen> locks_seen(db::Reader& reader, const std::string& behind_id, int limit) {
    std::vector<fx::Lock> locks = fx::QuoteStore::latest_locks(reader, behind_id, limit);
    std::vector<std::string> ids;
    for (const fx::Lock& lock : locks) ids.push_back(lock.purchase_id);
    std::map<std::string, fx::Purchase> purchases;
    for (fx::Purchase& purchase : fx::PurchaseStore::load(reader, ids)) {
        std::string id = purchase.id;
        purchases.emplace(std::move(id), std::move(purchase));
    }
    std::vector<LockSeen> seen;
    for (fx::Lock& lock : locks) {
        const auto purchase = purchases.find(lock.purchase_id);
        if (purchase == purchases.end()) throw LogicError("no purchase of lock " + lock.id);
        seen.push_back({std::move(lock), purchase->second});
    }
    return seen;
}

std::optional<LockSeen> lock_seen(db::Reader& reader, const std::string& id) {
    std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, id);
    if (!lock) return std::nullopt;
    std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, lock->purchase_id);
    if (!purchase) throw LogicError("no purchase of lock " + id);
    std::vector<fx::PurchaseLine> lines = fx::PurchaseStore::lines(reader, purchase->id);
    return LockSeen{std::move(*lock), std::move(*purchase), std::move(lines)};
}

void write_lock(http::JsonWriter& json, const LockSeen& seen, bool with_lines, Instant now,
                std::chrono::seconds margin) {
    const fx::Lock& lock = seen.lock;
    const fx::LockUse use = fx::use_of(lock, seen.purchase, now, margin);
    json.open_object()
        .field("id", lock.id)
        .field("bank", lock.bank)
        .field("state", to_text(lock.state))
        .field("currency", lock.rate.base().code())
        .field("rate", lock.rate.text())
        .field("unit_base", lock.rate.unit_base())
        .field("fixed_side", to_text(lock.fixed_side))
        .field("amount", lock.amount)
        .field("used", use.used)
        .field("left", use.left)
        .field("value_date", lock.value_date.text())
        .field("requested_at", lock.requested_at)
        .field("expires_at", lock.expires_at)
        .field("time_left_s", use.time_left.count())
        .field("reference", lock.reference)
        .field("bank_reference", lock.bank_reference)
        .field("purchase_id", seen.purchase.id)
        .field("purchase_state", to_text(seen.purchase.state));
    if (with_lines) {
        json.key("allocations").open_array();
        for (const fx::PurchaseLine& line : seen.lines) {
            json.open_object()
                .field("order_id", line.order_id)
                .field("put_in", line.put_in)
                .field("cny", line.cny)
                .field("foreign", line.foreign)
                .close_object();
        }
        json.close_array();
    }
    json.close_object();
}

void LockRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/locks", {0}, [this](const OperatorCall& call) { return list(call); });
    api_.add(router, http::Method::Get, "/v1/ops/locks/{id}", {0},
             [this](const OperatorCall& call) { return one(call); });
}

http::Response LockRoutes::one(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::optional<LockSeen> seen;
    api_.database().read([&](db::Reader& reader) { seen = lock_seen(reader, id); });
    if (!seen) return http::problem(Error(fx::lock_error::kNoLock, {{"lock", id}}), call.request_id);
    http::JsonWriter json;
    write_lock(json, *seen, true, api_.clock().now(), margin_);
    return http::Response::json(200, json.take());
}

http::Response LockRoutes::list(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "locks";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<LockSeen> seen;
    api_.database().read([&](db::Reader& reader) { seen = locks_seen(reader, page->place, page->limit + 1); });
    const bool more = seen.size() > static_cast<std::size_t>(page->limit);
    if (more) seen.pop_back();
    const Instant now = api_.clock().now();
    http::JsonWriter json(seen.size() * 768 + 128);
    json.open_object().key("locks").open_array();
    for (const LockSeen& each : seen) write_lock(json, each, false, now, margin_);
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, seen.back().lock.id));
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
