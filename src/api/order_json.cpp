#include "src/api/order_json.h"

#include "src/api/payment_json.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

constexpr http::TextRule kId{1, 64, false, true};
constexpr http::TextRule kWord{1, 40, false, true};
constexpr http::TextRule kGoodsName{1, 120, false, false};
constexpr http::TextRule kPersonName{1, 60, true, false};
constexpr http::TextRule kIdentityNumber{5, 20, false, true};
constexpr http::TextRule kPhone{5, 30, false, true};
constexpr std::size_t kMostLines = 50;

flow::IntakePerson read_person(http::JsonObject& json) {
    flow::IntakePerson person;
    person.name = json.text("name", kPersonName);
    person.identity_type = json.text("identity_type", kWord);
    person.identity_number = json.text("identity_number", kIdentityNumber);
    person.phone = json.optional_text("phone", kPhone).value_or("");
    json.finish();
    return person;
}

flow::IntakeEvidence read_evidence(http::JsonObject& json) {
    flow::IntakeEvidence evidence;
    evidence.institution = json.text("institution", {1, 100, false, false});
    evidence.transaction_no = json.text("transaction_no", kId);
    evidence.paid_at = json.instant("paid_at").value_or(Instant{});
    json.finish();
    return evidence;
}

Money zero_cny() {
    return Money::zero(Currency::known("CNY"));
}

}  // namespace

flow::IntakeOrder read_order(http::JsonObject& json) {
    const Money zero = zero_cny();
    flow::IntakeOrder order{.platform_order_no = json.text("platform_order_no", {1, 60, false, true}),
                            .merchant_id = json.text("merchant_id", kId),
                            .trade_kind = json.text("trade_kind", kWord),
                            .payout_kind = json.text("payout_kind", kWord),
                            .payout_currency = json.optional_currency("payout_currency"),
                            .payee_id = json.optional_text("payee_id", kId).value_or(""),
                            .total = json.positive_money("total").value_or(zero),
                            .freight = json.optional_money("freight").value_or(zero),
                            .tax = json.optional_money("tax").value_or(zero),
                            .discount = json.optional_money("discount").value_or(zero),
                            .lines = {},
                            .buyer = {},
                            .payer = std::nullopt,
                            .customs_port = json.optional_text("customs_port", {4, 4, false, true}).value_or(""),
                            .evidence = std::nullopt,
                            .pay_within = std::nullopt,
                            .quote_id = json.optional_text("quote_id", kId).value_or("")};
    for (http::JsonObject& line : json.objects("lines", 1, kMostLines)) {
        std::string name = line.text("name", kGoodsName);
        const std::int64_t quantity = line.integer("quantity", 1, 1'000'000);
        const Money unit_price = line.money("unit_price").value_or(zero);
        const Money total = line.money("total").value_or(zero);
        line.finish();
        order.lines.push_back({std::move(name), quantity, unit_price, total});
    }
    http::JsonObject buyer = json.object("buyer");
    order.buyer = read_person(buyer);
    if (std::optional<http::JsonObject> payer = json.optional_object("payer")) order.payer = read_person(*payer);
    if (std::optional<http::JsonObject> evidence = json.optional_object("evidence"))
        order.evidence = read_evidence(*evidence);
    if (const auto seconds = json.optional_integer("pay_within_s", 60, 259'200))
        order.pay_within = std::chrono::seconds(*seconds);
    json.finish();
    return order;
}

namespace {

/// Without the closing bracket.
void begin_order(http::JsonWriter& json, const orders::Order& order) {
    const orders::OrderAmounts& amounts = order.amounts;
    json.open_object()
        .field("id", order.id)
        .field("platform_order_no", order.platform_order_no)
        .field("merchant_id", order.merchant_id)
        .field("state", orders::to_text(order.state))
        .field("declaration_state", order.declaration_state)
        .field("trade_kind", orders::to_text(order.trade))
        .field("payout_kind", orders::to_text(order.payout))
        .field("payout_currency", order.payout_currency.code());
    if (!order.payee_id.empty()) json.field("payee_id", order.payee_id);
    if (!order.quote_id.empty()) json.field("quote_id", order.quote_id);
    if (!order.hold_reason.empty()) json.field("hold_reason", order.hold_reason);
    if (!order.customs_port.empty()) json.field("customs_port", order.customs_port);
    json.key("amounts").open_object();
    const std::pair<std::string_view, const Money*> all[] = {{"due", &amounts.due},
                                                             {"paid", &amounts.paid},
                                                             {"funded", &amounts.funded},
                                                             {"fee", &amounts.fee},
                                                             {"refunding", &amounts.refunding},
                                                             {"refunded", &amounts.refunded},
                                                             {"converting", &amounts.converting},
                                                             {"converted", &amounts.converted},
                                                             {"rest", &amounts.rest},
                                                             {"bought", &amounts.bought},
                                                             {"remitting", &amounts.remitting},
                                                             {"remitted", &amounts.remitted}};
    for (const auto& [name, money] : all) json.field(name, *money);
    json.close_object()
        .field("sequence", order.event_sequence)
        .field("created_at", order.created_at)
        .field("expires_at", order.expires_at);
}

}  // namespace

void write_order(http::JsonWriter& json, const orders::Order& order) {
    begin_order(json, order);
    json.close_object();
}

void write_order(http::JsonWriter& json, const orders::Order& order, std::span<const orders::OrderLine> lines,
                 std::span<const orders::Payment> payments) {
    begin_order(json, order);
    json.key("lines").open_array();
    for (const orders::OrderLine& line : lines) {
        json.open_object().field("name", line.name).field("quantity", line.quantity);
        json.field("unit_price", line.unit_price).field("total", line.total).close_object();
    }
    json.close_array().key("payments").open_array();
    for (const orders::Payment& payment : payments) write_payment(json, payment);
    json.close_array().close_object();
}

http::Response single_answer(const flow::IntakeAnswer& answer, std::string_view request_id) {
    if (answer.kind == flow::IntakeAnswer::Kind::Refused) return http::problem(*answer.error, request_id);
    http::JsonWriter json(1024);
    write_order(json, *answer.order);
    return http::Response::json(answer.kind == flow::IntakeAnswer::Kind::Accepted ? 201 : 200, json.take());
}

http::Response batch_answer(const std::vector<flow::IntakeAnswer>& answers) {
    http::JsonWriter json(answers.size() * 1024);
    json.open_object().key("results").open_array();
    for (const flow::IntakeAnswer& answer : answers) {
        json.open_object();
        switch (answer.kind) {
            case flow::IntakeAnswer::Kind::Accepted: json.field("status", "accepted"); break;
            case flow::IntakeAnswer::Kind::Replayed: json.field("status", "replayed"); break;
            case flow::IntakeAnswer::Kind::Refused: json.field("status", "refused"); break;
        }
        if (answer.order) {
            json.key("order");
            write_order(json, *answer.order);
        }
        if (answer.error) json.raw_field("problem", http::problem(*answer.error).body);
        json.close_object();
    }
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
