#include "src/api/phone_routes.h"

#include "fx/phone_deal_store.h"
#include "fx/purchase_store.h"
#include "src/api/phone_json.h"
#include "src/api/query.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

constexpr http::TextRule kBank{1, 64, false, true};
constexpr http::TextRule kDealer{1, 64, true, false};
constexpr http::TextRule kPair{7, 7, false, true};
constexpr http::TextRule kPrice{1, 20, false, true};
constexpr http::TextRule kNumber{3, 64, false, true};
constexpr std::size_t kMostNamed = 50;  // deals of one size with one bank on a day

void note(std::vector<Error>& errors, const http::JsonObject& json, const char* field, Error error) {
    error.pointer = json.pointer_to(field);
    errors.push_back(std::move(error));
}

/// pair, price and unit_base: which way round and for how many units is told, never guessed.
std::optional<Rate> read_price(http::JsonObject& json, std::vector<Error>& errors) {
    const std::string pair = json.text("pair", kPair);
    const std::string price = json.text("price", kPrice);
    const auto unit = static_cast<int>(json.integer("unit_base", 1, 100));
    if (unit != 0 && unit != 1 && unit != 100) {
        note(errors, json, "unit_base", Error(fx::phone_error::kUnit, {{"unit", std::to_string(unit)}}));
        return std::nullopt;
    }
    if (pair.empty() || price.empty() || unit == 0) return std::nullopt;
    const Result<Currency> base = Currency::find(pair.substr(0, 3));
    const Result<Currency> quote = Currency::find(pair.substr(4));
    if (pair[3] != '/' || !base || !quote || quote->code() != "CNY" || *base == *quote) {
        note(errors, json, "pair", Error(fx::phone_error::kPairInverted, {{"pair", pair}}));
        return std::nullopt;
    }
    const Result<Rate> rate = Rate::parse(*base, *quote, unit, price);
    if (rate) return *rate;
    note(errors, json, "price", rate.error());
    return std::nullopt;
}

/// By purchase: what the dealer gives the bank, and its statements bring back.
std::map<std::string, std::string> references_of(db::Reader& reader, std::span<const fx::PhoneDeal> deals) {
    std::vector<std::string> ids;
    for (const fx::PhoneDeal& deal : deals) ids.push_back(deal.purchase_id);
    std::map<std::string, std::string> references;
    for (const fx::Purchase& purchase : fx::PurchaseStore::load(reader, ids))
        references.emplace(purchase.id, purchase.reference);
    return references;
}

}  // namespace

void PhoneRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Post, "/v1/ops/phone-deals", {},
             [this](const OperatorCall& call) { return record(call); });
    api_.add(router, http::Method::Post, "/v1/ops/phone-deals/{id}/confirm", {},
             [this](const OperatorCall& call) { return confirm(call); });
    api_.add(router, http::Method::Get, "/v1/ops/phone-deals", {0},
             [this](const OperatorCall& call) { return list(call); });
    api_.add(router, http::Method::Get, "/v1/ops/phone-deals/{id}", {0},
             [this](const OperatorCall& call) { return one(call); });
}

std::string PhoneRoutes::told(const fx::PhoneDeal& deal, const std::string& reference) const {
    http::JsonWriter json;
    write_phone_deal(json, deal, reference, phone_.dealer_of(deal));
    return json.take();
}

http::Response PhoneRoutes::record(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    const std::string bank = json.text("bank", kBank);
    const std::string dealer = json.text("dealer", kDealer);
    const std::optional<Instant> called_at = json.instant("called_at");
    const std::optional<Rate> price = read_price(json, errors);
    const std::optional<Money> amount = json.positive_money("amount");
    const std::optional<Date> value_date = json.date("value_date");
    const std::optional<Instant> expires_at = json.instant("expires_at");
    const std::string recording = json.text("recording", kNumber);
    std::vector<std::string> another_than;
    if (json.has("another_deal")) another_than = json.texts("another_deal", 1, kMostNamed, kNumber);
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    auto item = std::make_shared<flow::RecordPhone>(
        fx::PhoneCall{bank, dealer, *called_at, *price, *amount, *value_date, *expires_at, recording});
    item->operator_id = call.who.id;
    item->another_than = std::move(another_than);
    return api_.record(call, record_, item, [this, id = call.request_id](const db::Item& done) {
        const auto& recorded = static_cast<const flow::RecordPhone&>(done);
        if (recorded.error) return http::problem(*recorded.error, id);
        return http::Response::json(201, told(*recorded.deal, recorded.reference));
    });
}

http::Response PhoneRoutes::confirm(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    const std::string number = json.text("slip_number", kNumber);
    const std::optional<Rate> price = read_price(json, errors);
    const std::optional<Money> cny = json.positive_money("cny");
    const std::optional<Money> foreign = json.positive_money("foreign");
    const std::optional<Date> value_date = json.date("value_date");
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    auto item = std::make_shared<flow::ConfirmPhone>(fx::PhoneSlip{number, *price, *cny, *foreign, *value_date});
    item->operator_id = call.who.id;
    item->deal_id = call.path.at("id");
    item->request_id = call.request_id;
    return api_.record(call, confirm_, item, [this, id = call.request_id](const db::Item& done) {
        const auto& confirmed = static_cast<const flow::ConfirmPhone&>(done);
        if (confirmed.error) return http::problem(*confirmed.error, id);
        return http::Response::json(200, told(*confirmed.deal, confirmed.reference));
    });
}

http::Response PhoneRoutes::one(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::optional<fx::PhoneDeal> deal;
    std::map<std::string, std::string> references;
    api_.database().read([&](db::Reader& reader) {
        deal = fx::PhoneDealStore::find(reader, call.path.at("id"));
        if (deal) references = references_of(reader, std::span(&*deal, 1));
    });
    if (!deal)
        return http::problem(Error(flow::phone_error::kNoPhoneDeal, {{"deal", call.path.at("id")}}), call.request_id);
    return http::Response::json(200, told(*deal, references.at(deal->purchase_id)));
}

http::Response PhoneRoutes::list(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "phone-deals";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<fx::PhoneDeal> deals;
    std::map<std::string, std::string> references;
    api_.database().read([&](db::Reader& reader) {
        deals = fx::PhoneDealStore::list(reader, page->place, page->limit + 1);
        references = references_of(reader, deals);
    });
    const bool more = deals.size() > static_cast<std::size_t>(page->limit);
    if (more) deals.pop_back();
    http::JsonWriter json(deals.size() * 768 + 128);
    json.open_object().key("phone_deals").open_array();
    for (const fx::PhoneDeal& deal : deals) json.raw(told(deal, references.at(deal.purchase_id)));
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, deals.back().id));
    json.close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
