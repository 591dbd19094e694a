#include "adapters/sandbox/bank/telephone.h"

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/fx_fill.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"

namespace huiqiao::sandbox::bank {

namespace {

using http::JsonWriter;
using http::Response;

constexpr http::TextRule kName{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};

Response refusal(int status, std::string_view code) {
    JsonWriter json;
    json.open_object().field("code", code).close_object();
    return Response::json(status, json.take());
}

void write_price(JsonWriter& json, const std::string& currency, int unit, std::int64_t price_e4) {
    json.field("pair", currency + "/CNY").field("unit_base", unit).field("price", price_text(price_e4));
}

Response slip(const FxDealRow& deal) {
    JsonWriter json;
    json.open_object().field("number", deal.deal_no);
    write_price(json, deal.currency, deal.unit, deal.price_e4);
    json.field("cny", Money::of_minor(Currency::known("CNY"), deal.cny_minor))
        .field("foreign", Money::of_minor(Currency::known(deal.currency), deal.foreign_minor))
        .field("value_date", deal.value_date)
        .close_object();
    return Response::json(200, json.take());
}

}  // namespace

std::optional<Response> Telephone::answer(Counter& at, const http::Request& request) {
    if (request.path != kTelephone) return std::nullopt;
    return request.method == http::Method::Get ? say_price(at, request) : enter(at, request);
}

Response Telephone::say_price(const Counter& at, const http::Request& request) const {
    const std::string* currency = request.query_value("currency");
    const auto price = currency == nullptr ? std::nullopt : prices_.price(*currency, to_us(at.now) / 60'000'000);
    if (!price) return refusal(404, "NO_PRICE");
    JsonWriter json;
    json.open_object();
    write_price(json, std::string(price->currency.code()), price->unit, price->selling_e4);
    json.close_object();
    return Response::json(200, json.take());
}

Response Telephone::enter(Counter& at, const http::Request& request) const {
    const Result<http::Json> json = http::Json::parse(request.body);
    if (!json) return refusal(400, "UNREADABLE");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    FxDealRow deal;
    deal.reference = object.text("reference", kName);
    const std::optional<std::int64_t> price_e4 = price_from_text(object.text("price", kName));
    const std::optional<Money> amount = object.positive_money("amount");
    deal.cny_account = object.text("cny_account", kName);
    deal.foreign_account = object.text("foreign_account", kName);
    object.finish();
    if (!errors.empty() || !price_e4) return refusal(400, "UNREADABLE");

    deal.body_hash = hex(crypto::sha256(request.body));
    if (const auto before = find_deal(at.tx, deal.reference))
        return before->body_hash == deal.body_hash ? slip(*before) : refusal(409, "REFERENCE_USED");
    const auto payer = find_account(at.tx, deal.cny_account);
    const auto receiver = find_account(at.tx, deal.foreign_account);
    const Currency cny = Currency::known("CNY");
    if (!payer || payer->currency != cny || !receiver || receiver->currency == cny) return refusal(422, "ACCOUNT");
    if (amount->currency() != cny && amount->currency() != receiver->currency) return refusal(422, "CURRENCY");
    deal.currency = receiver->currency.code();
    const auto price = prices_.price(deal.currency, to_us(at.now) / 60'000'000);
    if (!price) return refusal(422, "NO_PRICE");
    if (!comes_to_something(*amount, receiver->currency, price->unit, *price_e4)) return refusal(422, "AMOUNT");
    deal.unit = price->unit;
    deal.price_e4 = *price_e4;
    deal.value_date = Date::in_shanghai(at.now);
    fill(at, *amount, {{"reference", deal.reference}, {"currency", deal.currency}}, deal);
    if (payer->balance.minor() - promised_cny(at.tx, deal.cny_account) < deal.cny_minor) return refusal(422, "FUNDS");
    close_deal(at, deal, settle_after_);
    insert_deal(at.tx, deal);
    return slip(deal);
}

}  // namespace huiqiao::sandbox::bank
