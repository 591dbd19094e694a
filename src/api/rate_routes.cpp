#include "src/api/rate_routes.h"

#include "fx/held_lock.h"
#include "fx/phone_deal_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "fx/rate_history.h"
#include "src/api/platform_api.h"
#include "src/api/query.h"
#include "src/api/rate_json.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

constexpr std::string_view kUsualAmount = "100000.00";
constexpr const char* kBehindAll = "quo~";  // behind every quote's id

/// A quote as it was kept, with the reason where it was refused.
void write_kept(http::JsonWriter& json, const fx::Quote& quote) {
    json.open_object().field("id", quote.id).field("currency", quote.currency().code()).field("bank", quote.bank);
    write_rate(json, quote);
    if (quote.buying) json.field("buying", quote.buying->per_one());
    json.field("state", to_text(quote.state));
    if (!quote.refused_why.empty()) json.field("refused_why", quote.refused_why);
    json.field("received_at", quote.received_at).field("valid_until", quote.valid_until).close_object();
}

void write_offer(http::JsonWriter& json, const fx::Offer& offer, std::int64_t place, Instant now) {
    const fx::Quote& quote = offer.quote;
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - quote.received_at);
    json.open_object().field("place", place).field("bank", quote.bank).field("quote_id", quote.id);
    write_rate(json, quote);
    json.field("fee", offer.fee).field("buys", offer.foreign);
    if (offer.unfit != fx::Unfit::No) json.field("unfit", fx::to_text(offer.unfit));
    json.field("received_at", quote.received_at)
        .field("age_ms", std::int64_t{age.count()})
        .field("valid_until", quote.valid_until)
        .close_object();
}

void write_offers(http::JsonWriter& json, std::span<const fx::Offer> offers, Instant now) {
    json.key("offers").open_array();
    for (std::size_t i = 0; i < offers.size(); ++i) write_offer(json, offers[i], static_cast<std::int64_t>(i + 1), now);
    json.close_array();
}

/// Whose offers are asked for: under which id they are kept, and the CNY that they were compared for.
struct Compared {
    std::string kept_under;
    Money cny;
};
std::optional<Compared> of_purchase(db::Reader& reader, const std::string& id) {
    const std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, id);
    return purchase ? std::optional(Compared{id, purchase->cny}) : std::nullopt;
}
std::optional<Compared> of_lock(db::Reader& reader, const std::string& id) {
    const std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, id);
    if (!lock) return std::nullopt;
    return Compared{fx::is_held(*lock) ? id : lock->purchase_id, fx::cost_of(lock->amount, lock->rate)};
}
std::optional<Compared> of_phone_deal(db::Reader& reader, const std::string& id) {
    const std::optional<fx::PhoneDeal> deal = fx::PhoneDealStore::find(reader, id);
    return deal ? std::optional(Compared{deal->purchase_id, deal->amounts.cny}) : std::nullopt;
}

struct Subject {
    std::string what;
    std::string what_zh;
    std::optional<Compared> (*find)(db::Reader& reader, const std::string& id);
};

/// Of one before these were kept, or when no bank showed a price, there are none.
http::Response offers_of(OperatorApi& api, const OperatorCall& call, const Subject& subject) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string& id = call.path.at("id");
    std::optional<Compared> compared;
    std::optional<fx::QuoteStore::KeptOffers> kept;
    api.database().read([&](db::Reader& reader) {
        compared = subject.find(reader, id);
        if (compared) kept = fx::QuoteStore::offers(reader, compared->kept_under);
    });
    if (!compared) return http::problem(not_found(subject.what, subject.what_zh), call.request_id);
    http::JsonWriter json;
    json.open_object().field(subject.what + "_id", id).field("cny", kept ? kept->cny : compared->cny);
    write_offers(json, kept ? kept->offers : std::vector<fx::Offer>(), api.clock().now());
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace

void RateRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/rates", {0}, [this](const OperatorCall& call) { return rates(call); });
    api_.add(router, http::Method::Get, "/v1/ops/rates/refused", {0},
             [this](const OperatorCall& call) { return refused(call); });
    api_.add(router, http::Method::Get, "/v1/ops/rates/history", {0},
             [this](const OperatorCall& call) { return history(call); });
    api_.add(router, http::Method::Get, "/v1/ops/purchases/{id}/offers", {0}, [this](const OperatorCall& call) {
        return offers_of(api_, call, {"purchase", "购汇", of_purchase});
    });
    api_.add(router, http::Method::Get, "/v1/ops/locks/{id}/offers", {0}, [this](const OperatorCall& call) {
        return offers_of(api_, call, {"lock", "锁汇", of_lock});
    });
    api_.add(router, http::Method::Get, "/v1/ops/phone-deals/{id}/offers", {0}, [this](const OperatorCall& call) {
        return offers_of(api_, call, {"phone_deal", "电话交易", of_phone_deal});
    });
}

http::Response RateRoutes::rates(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"cny", "currency"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string* wanted = call.request.query_value("cny");
    const Result<Money> cny = Money::parse(Currency::known("CNY"), wanted == nullptr ? kUsualAmount : *wanted);
    if (!cny) return http::problem(cny.error(), call.request_id);
    if (!cny->is_positive()) {
        return http::problem(Error(api_error::kBadFilter, {{"name", "cny"}, {"value", *wanted}}), call.request_id);
    }
    std::optional<Currency> only;
    if (const std::string* code = call.request.query_value("currency")) {
        const Result<Currency> currency = Currency::find(*code);
        if (!currency) return http::problem(currency.error(), call.request_id);
        only = *currency;
    }
    const Instant now = api_.clock().now();
    std::map<std::string, std::vector<fx::Offer>> by_currency;
    api_.database().read(
        [&](db::Reader& reader) { by_currency = flow::offers_now(reader, sources_, *cny, only, now); });
    http::JsonWriter json;
    json.open_object().field("cny", *cny).key("rates").open_array();
    for (const auto& [code, offers] : by_currency) {
        json.open_object().field("currency", code);
        write_offers(json, offers, now);
        json.close_object();
    }
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

http::Response RateRoutes::refused(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "rates-refused";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<fx::Quote> quotes;
    api_.database().read([&](db::Reader& reader) {
        quotes = fx::QuoteStore::refused(reader, page->place.empty() ? kBehindAll : page->place, page->limit + 1);
    });
    const bool more = quotes.size() > static_cast<std::size_t>(page->limit);
    if (more) quotes.pop_back();
    http::JsonWriter json(quotes.size() * 512 + 128);
    json.open_object().key("quotes").open_array();
    for (const fx::Quote& quote : quotes) write_kept(json, quote);
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, quotes.back().id));
    json.close_object();
    return http::Response::json(200, json.take());
}

http::Response RateRoutes::history(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"currency", "date", "limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string* code = call.request.query_value("currency");
    if (code == nullptr)
        return http::problem(Error(api_error::kBadFilter, {{"name", "currency"}, {"value", ""}}), call.request_id);
    const Result<Currency> currency = Currency::find(*code);
    if (!currency) return http::problem(currency.error(), call.request_id);
    const std::string* day = call.request.query_value("date");
    const Result<Date> date = day == nullptr ? Result<Date>(Date::in_shanghai(api_.clock().now())) : Date::parse(*day);
    if (!date) return http::problem(date.error(), call.request_id);
    const std::string scope = "rates-history|" + *code + "|" + date->text();
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    const fx::RateStretch stretch{*currency, date->at_shanghai(0), date->plus_days(1).at_shanghai(0)};
    fx::RatePage found;
    api_.database().read([&](db::Reader& reader) { found = fx::rate_page(reader, stretch, page->place, page->limit); });
    http::JsonWriter json(found.quotes.size() * 512 + 256);
    json.open_object().field("currency", *code).field("date", date->text()).key("quotes").open_array();
    for (const fx::Quote& quote : found.quotes) write_kept(json, quote);
    json.close_array();
    if (!found.goes_on_behind.empty()) json.field("next_cursor", api_.cursors().write(scope, found.goes_on_behind));
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
