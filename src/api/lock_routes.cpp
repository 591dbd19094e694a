#include "src/api/lock_routes.h"

#include <map>

#include "fx/desk.h"
#include "fx/held_lock_store.h"
#include "fx/phone_deal_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/api/lock_awaited.h"
#include "src/api/query.h"
#include "src/api/recorder.h"
#include "src/http/json.h"
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
    const std::map<std::string, std::string> phone_deals = fx::PhoneDealStore::ids_of_purchases(reader, ids);
    const std::map<std::string, fx::HeldLock> held = fx::HeldLockStore::of(reader, locks);
    std::vector<LockSeen> seen;
    for (fx::Lock& lock : locks) {
        if (const auto drawn = held.find(lock.id); drawn != held.end()) {
            seen.push_back({.lock = std::move(lock), .held = drawn->second});
            continue;
        }
        const auto purchase = purchases.find(lock.purchase_id);
        if (purchase == purchases.end()) throw LogicError("no purchase of lock " + lock.id);
        const auto phone_deal = phone_deals.find(lock.purchase_id);
        seen.push_back({.lock = std::move(lock),
                        .purchase = purchase->second,
                        .phone_deal_id = phone_deal == phone_deals.end() ? "" : phone_deal->second});
    }
    return seen;
}

std::optional<LockSeen> lock_seen(db::Reader& reader, const std::string& id) {
    std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, id);
    if (!lock) return std::nullopt;
    if (std::optional<fx::HeldLockStore::Row> row = fx::HeldLockStore::find(reader, id)) {
        LockSeen seen{.lock = std::move(row->lock), .held = std::move(row->held)};
        for (const std::string& drawn : fx::PurchaseStore::by_lock(reader, id)) {
            for (fx::PurchaseLine& line : fx::PurchaseStore::lines(reader, drawn))
                seen.lines.push_back(std::move(line));
        }
        return seen;
    }
    std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, lock->purchase_id);
    if (!purchase) throw LogicError("no purchase of lock " + id);
    std::vector<fx::PurchaseLine> lines = fx::PurchaseStore::lines(reader, purchase->id);
    const std::optional<fx::PhoneDeal> phone_deal = fx::PhoneDealStore::of_purchase(reader, purchase->id);
    return LockSeen{.lock = std::move(*lock),
                    .purchase = std::move(*purchase),
                    .lines = std::move(lines),
                    .phone_deal_id = phone_deal ? phone_deal->id : ""};
}

fx::LockUse use_of(const LockSeen& seen, Instant now, std::chrono::seconds margin) {
    if (seen.held) return fx::use_of(seen.lock, *seen.held, now, margin);
    return fx::use_of(seen.lock, seen.purchase.value(), now, margin);
}

namespace {

constexpr http::TextRule kBank{1, 64, false, true};
constexpr http::TextRule kLockId{3, 64, false, true};
constexpr std::size_t kMostNamed = 50;  // locks of one amount at one bank

/// How much, in which currency, as it stood in the query.
Result<Money> wanted(const http::Request& request, Currency currency) {
    const std::string* cny = request.query_value("cny");
    const std::string* foreign = request.query_value("foreign");
    if ((cny == nullptr) == (foreign == nullptr)) return Error(fx::lock_error::kOneSide);
    return cny != nullptr ? Money::parse(Currency::known("CNY"), *cny) : Money::parse(currency, *foreign);
}

}  // namespace

void write_lock_offer(http::JsonWriter& json, const flow::LockWish& wish, const flow::LockOffer& offer) {
    json.open_object()
        .field("bank", wish.bank)
        .field("currency", wish.currency.code())
        .field("rate", offer.quote.bank_rate.text())
        .field("unit_base", offer.quote.bank_rate.unit_base())
        .field("mid", offer.quote.mid.per_one())
        .field("above_mid_bp", fx::above_mid_bp(offer.quote))
        .field("value_date", offer.value_date.text())
        .field("cny", offer.cny)
        .field("foreign", offer.foreign)
        .field("fee", offer.fee)
        .field("collected", offer.collected)
        .field("free", offer.free)
        .field("quote_left_s", offer.quote_left.count())
        .close_object();
}

void write_lock(http::JsonWriter& json, const LockSeen& seen, bool with_lines, Instant now,
                std::chrono::seconds margin) {
    const fx::Lock& lock = seen.lock;
    const fx::LockUse use = use_of(seen, now, margin);
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
        .field("reference", lock.reference)
        .field("bank_reference", lock.bank_reference);
    if (is_awaited(lock)) {
        json.field("may_last_until", lock.expires_at);
    } else {
        json.field("expires_at", lock.expires_at).field("time_left_s", use.time_left.count());
    }
    if (seen.purchase)
        json.field("purchase_id", seen.purchase->id).field("purchase_state", to_text(seen.purchase->state));
    if (!seen.phone_deal_id.empty()) json.field("phone_deal_id", seen.phone_deal_id);
    if (seen.held) json.field("taken_by", seen.held->taken_by).field("covered", seen.held->cny);
    if (seen.held && !seen.held->end_id.empty()) json.field("end_id", seen.held->end_id);
    if (with_lines) {
        json.key("allocations").open_array();
        for (const fx::PurchaseLine& line : seen.lines) {
            json.open_object()
                .field("purchase_id", line.purchase_id)
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
    api_.add(router, http::Method::Post, "/v1/ops/locks", {}, [this](const OperatorCall& call) { return take(call); });
    api_.add(router, http::Method::Get, "/v1/ops/lock-offer", {0},
             [this](const OperatorCall& call) { return offer(call); });
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

http::Response LockRoutes::offer(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"bank", "currency", "cny", "foreign"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string* bank = call.request.query_value("bank");
    const std::string* code = call.request.query_value("currency");
    const Result<Currency> currency = Currency::find(code == nullptr ? "" : *code);
    if (!currency) return http::problem(currency.error(), call.request_id);
    const Result<Money> amount = wanted(call.request, *currency);
    if (!amount) return http::problem(amount.error(), call.request_id);
    const flow::LockWish wish{bank == nullptr ? "" : *bank, *currency, *amount};
    std::optional<Result<flow::LockOffer>> offered;
    api_.database().read([&](db::Reader& reader) { offered.emplace(held_.offer(reader, wish, api_.clock().now())); });
    if (!*offered) return http::problem(offered->error(), call.request_id);
    http::JsonWriter json;
    write_lock_offer(json, wish, **offered);
    return http::Response::json(200, json.take());
}

http::Response LockRoutes::take(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    const std::string bank = json.text("bank", kBank);
    const std::optional<Currency> currency = json.currency("currency");
    const std::optional<Money> amount = json.positive_money("amount");
    std::vector<std::string> another_than;
    if (json.has("another_lock")) another_than = json.texts("another_lock", 1, kMostNamed, kLockId);
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    auto item = std::make_shared<flow::TakeLock>(flow::LockWish{bank, *currency, *amount});
    item->operator_id = call.who.id;
    item->another_than = std::move(another_than);
    // It names no subject by which a repeat could be known, so its key does.
    const Recorder recorder(api_.clock(), api_.queue(), {});
    const SignedRequest request{call.request, call.signature, call.who.id, call.request_id};
    return recorder.record(request, take_, item, KeyRule::Required, [this, id = call.request_id](const db::Item& done) {
        const auto& taken = static_cast<const flow::TakeLock&>(done);
        if (taken.error) return http::problem(*taken.error, id);
        http::JsonWriter written;
        write_lock(written, {.lock = taken.taken->lock, .held = taken.taken->held}, true, api_.clock().now(), margin_);
        return http::Response::json(201, written.take());
    });
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
