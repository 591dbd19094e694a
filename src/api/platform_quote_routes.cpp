#include "src/api/platform_quote_routes.h"

#include "fx/platform_quote_store.h"
#include "src/api/query.h"
#include "src/http/json.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

constexpr http::TextRule kId{1, 64, false, true};

http::Response show(int status, const fx::PlatformQuote& quote, const std::optional<fx::PlatformQuote>& replaced,
                    Instant now) {
    http::JsonWriter json(1024);
    flow::write_platform_quote(json, quote, replaced, now);
    return http::Response::json(status, json.take());
}

}  // namespace

PlatformQuoteRoutes::PlatformQuoteRoutes(PlatformApi& api, const flow::QuoteSources& sources,
                                         const crypto::Sealer& sealer)
    : api_(api),
      maker_(flow::make_quote_maker(sources)),
      requoter_(flow::make_requoter(sources)),
      acceptor_(flow::make_quote_acceptor(sources)),
      recorded_maker_(*maker_, sealer),
      recorded_requoter_(*requoter_, sealer),
      recorded_acceptor_(*acceptor_, sealer) {}

void PlatformQuoteRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Post, "/v1/quotes", {}, [this](const Call& call) { return create(call); });
    api_.add(router, http::Method::Get, "/v1/quotes/{id}", {0}, [this](const Call& call) { return read(call); });
    api_.add(router, http::Method::Post, "/v1/quotes/{id}/accept", {},
             [this](const Call& call) { return accept(call); });
    api_.add(router, http::Method::Post, "/v1/orders/{id}/re-quote", {},
             [this](const Call& call) { return requote(call); });
}

http::Response PlatformQuoteRoutes::create(const Call& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    const auto item = std::make_shared<flow::MakeQuoteItem>();
    item->platform_id = call.caller.platform.id;
    item->merchant_id = json.text("merchant_id", kId);
    item->currency = json.optional_currency("currency");
    item->sell = json.optional_money("sell");
    item->buy = json.optional_money("buy");
    json.finish();
    if (auto refused = refusal(errors, call.request_id)) return *refused;
    return api_.record(call, recorded_maker_, item, true, [this, id = call.request_id](const db::Item& done) {
        const auto& made = static_cast<const flow::MakeQuoteItem&>(done);
        if (made.error) return http::problem(*made.error, id);
        return show(201, *made.quote, std::nullopt, api_.clock().now());
    });
}

http::Response PlatformQuoteRoutes::read(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::optional<fx::PlatformQuote> quote;
    std::optional<fx::PlatformQuote> replaced;
    api_.database().read([&](db::Reader& reader) {
        quote = fx::PlatformQuotes::find(reader, call.path.at("id"));
        replaced = quote && !quote->replaces.empty() ? fx::PlatformQuotes::find(reader, quote->replaces) : std::nullopt;
    });
    if (!quote || quote->platform_id != call.caller.platform.id)
        return http::problem(not_found("quote", "报价"), call.request_id);
    return show(200, *quote, replaced, api_.clock().now());
}

http::Response PlatformQuoteRoutes::requote(const Call& call) {
    if (const Status body = check_no_body(call.request); !body) return http::problem(body.error(), call.request_id);
    const auto item = std::make_shared<flow::RequoteItem>();
    item->platform_id = call.caller.platform.id;
    item->order_id = call.path.at("id");
    return api_.record(call, recorded_requoter_, item, false, [this, id = call.request_id](const db::Item& done) {
        const auto& made = static_cast<const flow::RequoteItem&>(done);
        if (made.error) return http::problem(*made.error, id);
        return show(201, *made.quote, made.replaced, api_.clock().now());
    });
}

http::Response PlatformQuoteRoutes::accept(const Call& call) {
    if (const Status body = check_no_body(call.request); !body) return http::problem(body.error(), call.request_id);
    const auto item = std::make_shared<flow::AcceptQuoteItem>();
    item->platform_id = call.caller.platform.id;
    item->quote_id = call.path.at("id");
    return api_.record(call, recorded_acceptor_, item, false, [this, id = call.request_id](const db::Item& done) {
        const auto& accepted = static_cast<const flow::AcceptQuoteItem&>(done);
        if (accepted.error) return http::problem(*accepted.error, id);
        return show(200, *accepted.quote, accepted.replaced, api_.clock().now());
    });
}

}  // namespace huiqiao::api
