#include "adapters/sandbox_bank/fx_wire.h"

#include <set>

#include "src/base/planted.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/http/message.h"

namespace huiqiao::sandbox_bank {

namespace {

using http::JsonObject;
using http::JsonWriter;

constexpr http::TextRule kName{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};
constexpr http::TextRule kFreeText{.min_characters = 0, .max_characters = 255, .single_name = false, .ascii = false};

WireRequest get(std::string target) {
    return WireRequest{"GET", std::move(target), {}, ""};
}
WireRequest post(std::string target, JsonWriter& json) {
    return WireRequest{"POST", std::move(target), {{"content-type", "application/json"}}, json.take()};
}

WireRequest write(const fx::AskRates& ask) {
    return get("/v1/fx/rates?request=" + http::percent_encode(ask.reference));
}
WireRequest write(const fx::AskLock& ask) {
    return get("/v1/fx/locks/" + http::percent_encode(ask.reference));
}
WireRequest write(const fx::AskPurchase& ask) {
    return get("/v1/fx/purchases/" + http::percent_encode(ask.reference));
}

WireRequest write(const fx::LockOrder& order) {
    JsonWriter json;
    json.open_object()
        .field("reference", order.reference)
        .field("currency", order.rate.base().code())
        .field("unit", order.rate.unit_base())
        .field("rate", order.rate.text())
        .field("board", order.quote_reference)
        .field("fixed_side", fx::to_text(order.fixed_side))
        .field("amount", order.amount)
        .field("value_date", order.value_date)
        .close_object();
    return post("/v1/fx/locks", json);
}

/// Never asked for: traits() say that this bank locks and wants no details.
WireRequest write(const fx::DetailRound&) {
    throw LogicError("the sandbox bank takes no details before a deal");
}

WireRequest write(const fx::PurchaseOrder& order) {
    JsonWriter json;
    json.open_object()
        .field("reference", order.reference)
        .field("lock", order.lock_reference)
        .field("fixed_side", fx::to_text(order.fixed_side))
        .field("amount", order.amount)
        .field("currency", order.foreign.code())
        .field("cny_account", order.cny_account)
        .field("foreign_account", order.foreign_account)
        .field("value_date", order.value_date)
        .close_object();
    return post("/v1/fx/purchases", json);
}

/// A price of the currency in CNY; nullopt where it cannot be read.
std::optional<Rate> rate(Currency base, std::int64_t unit, const std::string& text) {
    if (base.code() == "CNY" || (unit != 1 && unit != 100)) return std::nullopt;
    const Result<Rate> read = Rate::parse(base, Currency::known("CNY"), static_cast<int>(unit), text);
    return read ? std::optional(*read) : std::nullopt;
}

std::optional<fx::BoardLine> line_of(JsonObject& json, const std::string& board) {
    const std::optional<Currency> currency = json.currency("currency");
    std::int64_t unit = json.integer("unit", 1, 100);
    if (is_planted(Bug::PerHundredAsOne)) unit = 1;
    const std::string buying = json.text("buying", kName);
    const std::string mid = json.text("mid", kName);
    const std::string selling = json.text("selling", kName);
    const bool tradable = json.boolean("tradable");
    const std::optional<Instant> valid_until = json.instant("valid_until");
    if (!currency || !valid_until) return std::nullopt;
    const std::optional<Rate> bid = rate(*currency, unit, buying);
    const std::optional<Rate> middle = rate(*currency, unit, mid);
    const std::optional<Rate> offer = rate(*currency, unit, selling);
    if (!bid || !middle || !offer) return std::nullopt;
    return fx::BoardLine{*bid, *offer, *middle, tradable, *valid_until, board};
}

}  // namespace

WireRequest write_fx(const fx::Message& message) {
    return std::visit([](const auto& one) { return write(one); }, message);
}

std::optional<FxBoard> read_fx_board(const std::string& body) {
    const Result<http::Json> json = http::Json::parse(body);
    if (!json) return std::nullopt;
    std::vector<Error> errors;
    JsonObject object(json->root(), errors);
    FxBoard board{object.text("request", kName), {}};
    const std::string id = object.text("board", kName);
    std::set<std::string> seen;
    for (JsonObject& one : object.objects("rates", 0, 60)) {
        std::optional<fx::BoardLine> line = line_of(one, id);
        if (!line || !seen.emplace(line->mid.base().code()).second) return std::nullopt;
        board.lines.push_back(std::move(*line));
    }
    if (!errors.empty()) return std::nullopt;
    return board;
}

std::optional<FxLockAnswer> read_fx_lock(const std::string& body) {
    const Result<http::Json> json = http::Json::parse(body);
    if (!json) return std::nullopt;
    std::vector<Error> errors;
    JsonObject object(json->root(), errors);
    FxLockAnswer answer;
    answer.reference = object.text("reference", kName);
    answer.status = object.text("status", kName);
    answer.code = object.optional_text("code", kFreeText).value_or("");
    answer.text = object.optional_text("text", kFreeText).value_or("");
    if (answer.status == "locked") {
        answer.lock = object.text("lock", kName);
        const std::optional<Currency> currency = object.currency("currency");
        const std::int64_t unit = object.integer("unit", 1, 100);
        const std::string price = object.text("rate", kName);
        answer.expires_at = object.instant("expires_at");
        if (currency) answer.rate = rate(*currency, unit, price);
        if (!answer.rate) return std::nullopt;
    }
    if (!errors.empty()) return std::nullopt;
    return answer;
}

std::optional<FxPurchaseAnswer> read_fx_purchase(const std::string& body) {
    const Result<http::Json> json = http::Json::parse(body);
    if (!json) return std::nullopt;
    std::vector<Error> errors;
    JsonObject object(json->root(), errors);
    FxPurchaseAnswer answer;
    answer.reference = object.text("reference", kName);
    answer.status = object.text("status", kName);
    answer.code = object.optional_text("code", kFreeText).value_or("");
    answer.text = object.optional_text("text", kFreeText).value_or("");
    if (answer.status == "dealt") {
        const std::string deal = object.text("deal", kName);
        const std::optional<Money> cny = object.positive_money("cny");
        const std::optional<Money> foreign = object.positive_money("foreign");
        const std::int64_t unit = object.integer("unit", 1, 100);
        const std::string price = object.text("rate", kName);
        const std::optional<Date> value_date = object.date("value_date");
        if (!cny || !foreign || !value_date || cny->currency().code() != "CNY") return std::nullopt;
        const std::optional<Rate> dealt_at = rate(foreign->currency(), unit, price);
        if (!dealt_at) return std::nullopt;
        answer.deal = fx::Deal{deal, *cny, *foreign, *dealt_at, *value_date};
    }
    if (!errors.empty()) return std::nullopt;
    return answer;
}

}  // namespace huiqiao::sandbox_bank
