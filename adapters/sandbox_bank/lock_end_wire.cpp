#include "adapters/sandbox_bank/lock_end_wire.h"

#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/http/message.h"

namespace huiqiao::sandbox_bank {

namespace {

using http::JsonObject;
using http::JsonWriter;

constexpr http::TextRule kName{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};
constexpr http::TextRule kFreeText{.min_characters = 0, .max_characters = 255, .single_name = false, .ascii = false};
constexpr std::string_view kCosts = "/v1/fx/lock-end-costs";
constexpr std::string_view kEnds = "/v1/fx/lock-ends";

WireRequest get(std::string_view path, const std::string& reference) {
    return WireRequest{"GET", std::string(path) + "/" + http::percent_encode(reference), {}, ""};
}
WireRequest post(std::string_view path, JsonWriter& json) {
    return WireRequest{"POST", std::string(path), {{"content-type", "application/json"}}, json.take()};
}

WireRequest write(const fx::AskEndCost& ask) {
    JsonWriter json;
    json.open_object()
        .field("reference", ask.reference)
        .field("lock", ask.lock_reference)
        .field("way", fx::to_text(ask.way))
        .field("amount", ask.amount)
        .field("cny_account", ask.cny_account)
        .field("until", ask.until)
        .close_object();
    return post(kCosts, json);
}
WireRequest write(const fx::QueryEndCost& query) {
    return get(kCosts, query.reference);
}
WireRequest write(const fx::OrderEnd& order) {
    JsonWriter json;
    json.open_object()
        .field("reference", order.reference)
        .field("offer", order.offer_reference)
        .field("pays", order.cost.we_pay)
        .field("gets", order.cost.we_get);
    if (order.to) {
        json.field("currency", order.to->rate.base().code())
            .field("unit", order.to->rate.unit_base())
            .field("rate", order.to->rate.text())
            .field("expires_at", order.to->expires_at)
            .field("value_date", order.to->value_date);
    }
    json.close_object();
    return post(kEnds, json);
}
WireRequest write(const fx::QueryEnd& query) {
    return get(kEnds, query.reference);
}

std::optional<fx::EndCost> cost_of(JsonObject& json) {
    const std::optional<Money> pays = json.money("pays");
    const std::optional<Money> gets = json.money("gets");
    if (!pays || !gets || pays->currency().code() != "CNY" || gets->currency().code() != "CNY") return std::nullopt;
    if (!pays->is_zero() && !gets->is_zero()) return std::nullopt;
    return fx::EndCost{*pays, *gets};
}

/// nullopt where something of them is missing; faults are noted.
std::optional<fx::LockTerms> terms_of(JsonObject& json) {
    const std::optional<Currency> currency = json.currency("currency");
    const std::int64_t unit = json.integer("unit", 1, 100);
    const std::string price = json.text("rate", kName);
    const std::optional<Instant> expires_at = json.instant("expires_at");
    const std::optional<Date> value_date = json.date("value_date");
    if (!currency || currency->code() == "CNY" || (unit != 1 && unit != 100) || !expires_at || !value_date)
        return std::nullopt;
    const Result<Rate> rate = Rate::parse(*currency, Currency::known("CNY"), static_cast<int>(unit), price);
    return rate ? std::optional(fx::LockTerms{*rate, *expires_at, *value_date}) : std::nullopt;
}

}  // namespace

WireRequest write_lock_end(const fx::LockEndMessage& message) {
    return std::visit([](const auto& one) { return write(one); }, message);
}

std::optional<LockEndAnswer> read_lock_end(const std::string& body) {
    const Result<http::Json> json = http::Json::parse(body);
    if (!json) return std::nullopt;
    std::vector<Error> errors;
    JsonObject object(json->root(), errors);
    LockEndAnswer answer;
    answer.reference = object.text("reference", kName);
    answer.status = object.text("status", kName);
    answer.code = object.optional_text("code", kFreeText).value_or("");
    answer.text = object.optional_text("text", kFreeText).value_or("");
    const bool is_offered = answer.status == "offered";
    if (is_offered || answer.status == "ended") {
        answer.number = object.text(is_offered ? "offer" : "end", kName);
        answer.cost = cost_of(object);
        if (!answer.cost) return std::nullopt;
        if (object.has("rate")) {
            answer.to = terms_of(object);
            if (!answer.to) return std::nullopt;
        }
    }
    if (is_offered) answer.stands_until = object.instant("stands_until");
    if (!errors.empty()) return std::nullopt;
    return answer;
}

}  // namespace huiqiao::sandbox_bank
