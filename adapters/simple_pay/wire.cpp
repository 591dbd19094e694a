#include "adapters/simple_pay/wire.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/lines.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"

namespace huiqiao::simple_pay {

namespace {

using orders::ChannelState;
using orders::channel_error::kBadNotice;
using orders::channel_error::kBadSettlementFile;

constexpr std::size_t kMostLines = 1'000'000;

Error bad(std::string why) {
    return Error(kBadNotice, {{"why", std::move(why)}});
}

/// As our rows hold it; the JSON messages are bounded the same way.
bool is_reference(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<ChannelState> state_from_text(std::string_view text) {
    if (text == "NOTPAY" || text == "USERPAYING") return ChannelState::Waiting;
    if (text == "SUCCESS") return ChannelState::Paid;
    if (text == "PAYERROR") return ChannelState::Failed;
    if (text == "CLOSED") return ChannelState::Closed;
    return std::nullopt;
}

Result<Trade> trade_of(http::JsonObject& object, std::vector<Error>& errors) {
    const http::TextRule short_ascii{1, 64, false, true};
    Trade trade;
    orders::ChannelPayment& payment = trade.payment;
    trade.institution = object.text("mch_id", short_ascii);
    payment.reference = object.text("out_trade_no", short_ascii);
    const std::string state = object.text("trade_state", short_ascii);
    payment.channel_number = object.optional_text("trade_no", short_ascii).value_or("");
    payment.pay_url = object.optional_text("pay_url", {1, 250, false, true}).value_or("");
    payment.reason = object.optional_text("fail_reason", {1, 200, false, false}).value_or("");
    const std::string currency = object.text("currency", {3, 3, false, true});
    const std::string paid = object.optional_text("paid_amount", short_ascii).value_or("");
    const std::string paid_at = object.optional_text("time_paid", short_ascii).value_or("");
    if (!errors.empty()) return bad("its JSON lacks a field or has a wrong one");

    const auto known = state_from_text(state);
    if (!known) return bad("its trade_state is unknown");
    payment.state = *known;
    if (payment.state != ChannelState::Paid) return trade;
    const auto found = Currency::find(currency);
    if (!found.ok()) return bad("its currency is unknown");
    auto amount = Money::parse(*found, paid);
    if (!amount.ok() || !amount->is_positive()) return bad("its paid_amount is no amount");
    payment.amount = *amount;
    const auto at = parse_shanghai_14(paid_at);
    if (!at.ok()) return bad("its time_paid is no time");
    payment.paid_at = *at;
    if (payment.channel_number.empty()) return bad("it is paid and has no trade_no");
    return trade;
}

template <std::size_t N>
std::optional<std::array<std::string_view, N>> fields_of(std::string_view line) {
    std::array<std::string_view, N> fields;
    for (std::size_t at = 0; at < N; ++at) {
        const std::size_t comma = line.find(',');
        if ((comma == std::string_view::npos) != (at + 1 == N)) return std::nullopt;
        fields[at] = line.substr(0, comma);
        line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
    }
    return fields;
}

}  // namespace

std::string order_body(std::string_view institution, const orders::PaymentRequest& request) {
    http::JsonWriter json;
    json.open_object();
    json.field("mch_id", institution);
    json.field("out_trade_no", request.reference);
    json.field("total_amount", request.amount.text());
    json.field("currency", request.amount.currency().code());
    json.field("subject", request.subject);
    json.field("time_expire", shanghai_14(request.expires_at));
    json.close_object();
    return json.take();
}

std::string close_body(std::string_view institution) {
    http::JsonWriter json;
    json.open_object().field("mch_id", institution).close_object();
    return json.take();
}

std::string signed_text_of_request(const WireRequest& request, std::string_view timestamp, std::string_view nonce) {
    std::string text = request.method + "\n" + request.target + "\n";
    return text + signed_text_of_answer(timestamp, nonce, request.body);
}

std::string signed_text_of_answer(std::string_view timestamp, std::string_view nonce, std::string_view body) {
    std::string text;
    text.reserve(timestamp.size() + nonce.size() + body.size() + 3);
    text.append(timestamp).append("\n").append(nonce).append("\n").append(body).append("\n");
    return text;
}

Result<Trade> read_trade(std::string_view body) {
    const auto json = http::Json::parse(body);
    if (!json.ok()) return bad("it is no JSON");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    return trade_of(object, errors);
}

Refusal read_refusal(std::string_view body) {
    const auto json = http::Json::parse(body);
    if (!json.ok()) return {};
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    Refusal refusal;
    refusal.code = object.text("code", {1, 60, false, true});
    refusal.message = object.optional_text("message", {1, 200, false, false}).value_or("");
    return errors.empty() ? refusal : Refusal{};
}

Result<NoticeText> read_notice(std::string_view body) {
    const auto json = http::Json::parse(body);
    if (!json.ok()) return bad("it is no JSON");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    const std::string event_id = object.text("event_id", {1, 64, false, true});
    const std::string event_type = object.text("event_type", {1, 64, false, true});
    auto trade = trade_of(object, errors);
    if (!trade.ok()) return trade.error();
    if (event_type == "PAYMENT") return NoticeText{event_id, orders::NoticeKind::Payment, *std::move(trade)};
    if (event_type == "REFUND") return NoticeText{event_id, orders::NoticeKind::Refund, *std::move(trade)};
    return bad("its event_type is unknown");
}

Result<orders::ChannelSettlement> read_settlement(std::string_view institution, Date date, std::string_view csv) {
    const auto wrong = [](std::string why) { return Error(kBadSettlementFile, {{"why", std::move(why)}}); };
    const Currency cny = Currency::known("CNY");
    Lines lines(csv);
    if (!lines.next() || lines.line() != "mch_id,settle_date,deposit_reference,count,gross,cost") {
        return wrong("the first heading is not there");
    }
    const auto head = lines.next() ? fields_of<6>(lines.line()) : std::nullopt;
    if (!head) return wrong("the totals are not there");
    std::string day = date.text();
    std::erase(day, '-');
    if ((*head)[0] != institution || (*head)[1] != day) return wrong("it is for another institution or day");
    std::size_t count = 0;
    const auto [end, error] = std::from_chars((*head)[3].data(), (*head)[3].data() + (*head)[3].size(), count);
    if (error != std::errc() || end != (*head)[3].data() + (*head)[3].size() || count > kMostLines) {
        return wrong("the count is no number");
    }
    if (!is_reference((*head)[2])) return wrong("its deposit reference is no reference");
    const auto gross = Money::parse(cny, (*head)[4]);
    const auto cost = Money::parse(cny, (*head)[5]);
    if (!gross.ok() || !cost.ok()) return wrong("a total is no amount");
    orders::ChannelSettlement settlement{date, std::string((*head)[2]), *gross, *cost, {}};
    if (!lines.next() || lines.line() != "out_trade_no,trade_no,gross,cost")
        return wrong("the second heading is not there");
    Money gross_left = *gross;
    Money cost_left = *cost;
    while (lines.next()) {
        const auto fields = fields_of<4>(lines.line());
        if (!fields) return wrong("line " + std::to_string(lines.number()) + " has not four fields");
        if (!is_reference((*fields)[0]) || !is_reference((*fields)[1]))
            return wrong("line " + std::to_string(lines.number()) + " has a number that is no reference");
        const auto line_gross = Money::parse(cny, (*fields)[2]);
        const auto line_cost = Money::parse(cny, (*fields)[3]);
        if (!line_gross.ok() || !line_cost.ok() || *line_cost > *line_gross || *line_gross > gross_left) {
            return wrong("line " + std::to_string(lines.number()) + " has amounts that do not fit");
        }
        gross_left -= *line_gross;
        cost_left -= *line_cost;
        settlement.lines.push_back({std::string((*fields)[0]), std::string((*fields)[1]), *line_gross, *line_cost});
    }
    if (settlement.lines.size() != count) return wrong("it has not as many lines as it says");
    if (!gross_left.is_zero() || !cost_left.is_zero()) return wrong("its lines do not sum to its totals");
    return settlement;
}

}  // namespace huiqiao::simple_pay
