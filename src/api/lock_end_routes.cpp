#include "src/api/lock_end_routes.h"

#include <array>

#include "fx/lock_end_settled_store.h"
#include "fx/lock_end_store.h"
#include "fx/lock_view.h"
#include "fx/quote_store.h"
#include "src/api/query.h"
#include "src/api/recorder.h"
#include "src/http/json.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

constexpr int kShown = 50;
constexpr std::array<std::string_view, 3> kWays{"cancel", "close_out", "roll"};

void write_cost(http::JsonWriter& json, const char* name, const fx::EndCost& cost) {
    json.key(name).open_object().field("we_pay", cost.we_pay).field("we_get", cost.we_get).close_object();
}

void write_terms(http::JsonWriter& json, const char* name, const std::optional<fx::LockTerms>& terms) {
    if (!terms) return;
    json.key(name)
        .open_object()
        .field("rate", terms->rate.per_one())
        .field("expires_at", terms->expires_at)
        .field("value_date", terms->value_date.text())
        .close_object();
}

bool is_priced(const fx::LockEnd& end) {
    return !end.offer_reference.empty();
}

}  // namespace

void write_lock_end(http::JsonWriter& json, const fx::LockEnd& end) {
    json.open_object()
        .field("id", end.id)
        .field("lock_id", end.lock_id)
        .field("bank", end.bank)
        .field("by", to_text(end.way))
        .field("only_look", end.is_look)
        .field("state", to_text(end.state))
        .field("amount", end.amount)
        .field("reference", end.reference)
        .field("maker", end.maker)
        .field("asked_at", end.asked_at);
    if (is_priced(end)) {
        write_cost(json, "cost", end.cost);
        // Such a lock has no customer: what its end costs or brings is the institution's.
        json.field("booked_to", "own").field("stands_until", end.stands_until);
    }
    if (end.wanted_until != Instant{}) json.field("until", end.wanted_until);
    write_terms(json, "from", end.from);
    write_terms(json, "to", end.to);
    if (!end.checker.empty()) json.field("checker", end.checker).field("decided_at", end.decided_at);
    if (end.state == fx::LockEndState::Done) {
        write_cost(json, "charged", end.charged);
        json.field("bank_reference", end.bank_reference).field("on_statement", fx::is_on_statement(end));
        if (!end.settled_by.empty()) json.field("settled_by", end.settled_by);
    }
    if (!end.why.empty()) json.field("why", end.why);
    if (end.over_at != Instant{}) json.field("over_at", end.over_at);
    json.close_object();
}

void write_end_choices(http::JsonWriter& json, const std::vector<flow::EndChoice>& choices) {
    json.open_array();
    for (const flow::EndChoice& choice : choices) {
        json.open_object().field("by", choice.way ? to_text(*choice.way) : "keep");
        json.field("possible", !choice.why_not);
        if (choice.why_not) {
            json.field("why_not", choice.why_not->english()).field("why_not_zh", choice.why_not->chinese());
        }
        if (!choice.way) write_cost(json, "cost", {});
        if (choice.latest) {
            json.key("latest");
            write_lock_end(json, *choice.latest);
        }
        json.close_object();
    }
    json.close_array();
}

void LockEndRoutes::add_to(http::Router& router) {
    const auto to = [this](http::Response (LockEndRoutes::*route)(const OperatorCall&)) {
        return [this, route](const OperatorCall& call) { return (this->*route)(call); };
    };
    api_.add(router, http::Method::Get, "/v1/ops/locks/{id}/ends", {0}, to(&LockEndRoutes::choices));
    api_.add(router, http::Method::Post, "/v1/ops/locks/{id}/ends", {}, to(&LockEndRoutes::ask));
    api_.add(router, http::Method::Get, "/v1/ops/lock-ends/{id}", {0}, to(&LockEndRoutes::one));
    api_.add(router, http::Method::Post, "/v1/ops/lock-ends/{id}/confirm", {}, to(&LockEndRoutes::confirm));
    api_.add(router, http::Method::Post, "/v1/ops/lock-ends/{id}/refuse", {}, to(&LockEndRoutes::refuse));
}

http::Response LockEndRoutes::choices(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::vector<flow::EndChoice> all;
    std::vector<fx::LockEnd> ends;
    std::optional<fx::Lock> lock;
    api_.database().read([&](db::Reader& reader) {
        all = ends_.choices(reader, id, api_.clock().now());
        ends = fx::LockEndStore::of_lock(reader, id, kShown);
        lock = fx::QuoteStore::lock(reader, id);
    });
    if (!lock) return http::problem(Error(fx::lock_error::kNoLock, {{"lock", id}}), call.request_id);
    if (all.empty()) {
        return http::problem(Error(flow::lock_end_error::kNotHeld,
                                   {{"lock", id}, {"purchase", lock->purchase_id}, {"bank", lock->bank}}),
                             call.request_id);
    }
    if (!fx::is_live(lock->state)) {
        // What is over can be kept as little as it can be ended.
        all.front().why_not = Error(flow::lock_end_error::kLockOver,
                                    {{"lock", id}, {"bank", lock->bank}, {"state", std::string(to_text(lock->state))}});
    }
    http::JsonWriter json;
    json.open_object().field("lock_id", id).key("choices");
    write_end_choices(json, all);
    json.key("ends").open_array();
    for (const fx::LockEnd& end : ends) write_lock_end(json, end);
    json.close_array();
    return http::Response::json(200, json.close_object().take());
}

http::Response LockEndRoutes::one(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::optional<fx::LockEnd> end;
    api_.database().read([&](db::Reader& reader) { end = fx::LockEndStore::find(reader, id); });
    if (!end) return http::problem(Error(flow::lock_end_error::kNoEnd, {{"end", id}}), call.request_id);
    http::JsonWriter json;
    write_lock_end(json, *end);
    return http::Response::json(200, json.take());
}

http::Response LockEndRoutes::ask(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    const std::string way = json.choice("by", kWays);
    const bool is_look = json.optional_boolean("only_look").value_or(false);
    const std::optional<Instant> until = json.optional_instant("until");
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    auto item = std::make_shared<flow::AskLockEnd>();
    item->operator_id = call.who.id;
    item->lock_id = call.path.at("id");
    item->way = fx::end_way_from_text(way);
    item->is_look = is_look;
    item->until = until;
    // The lock may be asked for again and again; the key tells a repeat from another asking.
    const Recorder recorder(api_.clock(), api_.queue(), {});
    const SignedRequest request{call.request, call.signature, call.who.id, call.request_id};
    return recorder.record(request, ask_, item, KeyRule::Required, [id = call.request_id](const db::Item& done) {
        const auto& asked = static_cast<const flow::AskLockEnd&>(done);
        if (asked.error) return http::problem(*asked.error, id);
        http::JsonWriter written;
        write_lock_end(written, *asked.asked);
        return http::Response::json(201, written.take());
    });
}

http::Response LockEndRoutes::confirm(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    const std::optional<Money> we_pay = json.money("we_pay");
    const std::optional<Money> we_get = json.money("we_get");
    const std::string rate = json.optional_text("rate", {1, 20, false, true}).value_or("");
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    auto item = std::make_shared<flow::DecideLockEnd>();
    item->confirmed = fx::EndCost{*we_pay, *we_get};
    item->rate = rate;
    return decide(call, std::move(item));
}

http::Response LockEndRoutes::refuse(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    auto item = std::make_shared<flow::DecideLockEnd>();
    item->reason = json.text("reason", {3, 250, false, false});
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    return decide(call, std::move(item));
}

http::Response LockEndRoutes::decide(const OperatorCall& call, std::shared_ptr<flow::DecideLockEnd> item) {
    item->operator_id = call.who.id;
    item->end_id = call.path.at("id");
    return api_.record(call, decide_, item, [id = call.request_id](const db::Item& done) {
        const auto& decided = static_cast<const flow::DecideLockEnd&>(done);
        if (decided.error) return http::problem(*decided.error, id);
        http::JsonWriter written;
        write_lock_end(written, *decided.decided);
        return http::Response::json(200, written.take());
    });
}

}  // namespace huiqiao::api
