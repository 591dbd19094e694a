#include "adapters/simple_pay/adapter.h"

#include <algorithm>

#include "adapters/simple_pay/wire.h"
#include "src/base/encoding.h"
#include "src/http/client.h"
#include "src/http/message.h"

namespace huiqiao::simple_pay {

namespace {

// The protocol's own words for "not found" and "paid already" are those of orders::channel_reason.
/// Refusals of an order by which the channel says that this payment will never be: our explicit list.
constexpr std::string_view kFinalRefusals[] = {"PARAM_ERROR", "ORDER_REFUSED", "OUT_TRADE_NO_USED", "AMOUNT_LIMIT"};
/// The channel took nothing in; the same bytes may come again.
constexpr std::string_view kNothingTaken[] = {"BUSY", "RATE_LIMITED"};

constexpr std::string_view kSignatureHeaders[] = {kKeyIdHeader, kTimestampHeader, kNonceHeader, kSignatureHeader};

/// The only header of that name; nullptr where there is none or more than one.
const std::string* only(const orders::WireHeaders& headers, std::string_view name) {
    const std::string* found = nullptr;
    for (const auto& [field, value] : headers) {
        if (!http::Headers::same_name(field, name)) continue;
        if (found != nullptr) return nullptr;
        found = &value;
    }
    return found;
}

}  // namespace

Adapter::Adapter(const Clock& clock, IdSource& ids, crypto::SigningKey our_key, crypto::VerifyKey channel_key,
                 AdapterSettings settings)
    : clock_(clock),
      ids_(ids),
      our_key_(std::move(our_key)),
      channel_key_(std::move(channel_key)),
      settings_(std::move(settings)) {}

void Adapter::sign(WireRequest& request) const {
    const std::string timestamp = std::to_string(to_us(clock_.now()) / 1'000'000);
    const std::string nonce = ids_.random_reference("", 26);
    const Bytes signature = our_key_.sign(signed_text_of_request(request, timestamp, nonce));
    // A request that an earlier version stored carries its first signature.
    std::erase_if(request.headers, [](const auto& header) {
        return std::any_of(std::begin(kSignatureHeaders), std::end(kSignatureHeaders),
                           [&](std::string_view name) { return http::Headers::same_name(header.first, name); });
    });
    request.headers.emplace_back(kKeyIdHeader, settings_.our_key_id);
    request.headers.emplace_back(kTimestampHeader, timestamp);
    request.headers.emplace_back(kNonceHeader, nonce);
    request.headers.emplace_back(kSignatureHeader, base64(signature));
}

bool Adapter::is_signed(const orders::WireHeaders& headers, std::string_view body) const {
    const std::string* key_id = only(headers, kKeyIdHeader);
    const std::string* timestamp = only(headers, kTimestampHeader);
    const std::string* nonce = only(headers, kNonceHeader);
    const std::string* signature = only(headers, kSignatureHeader);
    if (key_id == nullptr || timestamp == nullptr || nonce == nullptr || signature == nullptr) return false;
    if (*key_id != settings_.channel_key_id) return false;
    const auto bytes = from_base64(*signature);
    return bytes && channel_key_.verify(signed_text_of_answer(*timestamp, *nonce, body), *bytes);
}

WireRequest Adapter::order(const orders::PaymentRequest& request) const {
    return {
        "POST", "/pay/v1/orders", {{"Content-Type", "application/json"}}, order_body(settings_.institution, request)};
}

WireRequest Adapter::query(std::string_view reference) const {
    return {"GET", "/pay/v1/orders/" + http::percent_encode(reference), {}, ""};
}

WireRequest Adapter::close(std::string_view reference) const {
    return {"POST",
            "/pay/v1/orders/" + http::percent_encode(reference) + "/close",
            {{"Content-Type", "application/json"}},
            close_body(settings_.institution)};
}

orders::ChannelAnswer Adapter::read_answer(std::string_view reference, const WireAnswer& answer) const {
    orders::ChannelAnswer read;
    InstructionAnswer& instruction = read.instruction;
    instruction.reference = reference;
    const auto unknown = [&](std::string_view why) {
        instruction.outcome = Outcome::Unknown;
        instruction.reason_code = why;
        return read;
    };
    if (answer.kind != WireAnswer::Kind::Answered) return unknown("no_answer");
    if (!is_signed(answer.headers, answer.body)) return unknown("not_signed");
    if (answer.status == 200) {
        auto trade = read_trade(answer.body);
        if (!trade.ok()) return unknown("unreadable");
        if (trade->institution != settings_.institution || trade->payment.reference != reference) {
            return unknown("other_reference");
        }
        instruction.outcome = Outcome::Confirmed;
        instruction.their_reference = trade->payment.channel_number;
        read.payment = trade->payment;
        return read;
    }
    const Refusal refusal = read_refusal(answer.body);
    instruction.reason = refusal.message;
    const auto is_one_of = [&](auto& codes) {
        return std::find(std::begin(codes), std::end(codes), refusal.code) != std::end(codes);
    };
    const bool refuses = answer.status >= 400 && answer.status < 500 && is_one_of(kFinalRefusals);
    if (refuses) instruction.outcome = Outcome::RejectedFinal;
    if (!refuses && is_one_of(kNothingTaken)) instruction.outcome = Outcome::NotSent;
    instruction.reason_code = refusal.code.empty() ? "unreadable" : refusal.code;
    return read;
}

Result<orders::ChannelNotice> Adapter::read_notice(const orders::WireHeaders& headers, std::string_view body) const {
    if (!is_signed(headers, body)) return Error(orders::channel_error::kForgedNotice);
    auto notice = simple_pay::read_notice(body);
    if (!notice.ok()) return notice.error();
    if (notice->trade.institution != settings_.institution) {
        return Error(orders::channel_error::kBadNotice, {{"why", "it is for another institution"}});
    }
    return orders::ChannelNotice{notice->event_id, notice->kind, notice->trade.payment};
}

WireRequest Adapter::settlement_file(Date date) const {
    std::string day = date.text();
    std::erase(day, '-');
    return {"GET", "/pay/v1/settlements/" + day, {}, ""};
}

Result<orders::ChannelSettlement> Adapter::read_settlement_file(Date date, const WireAnswer& answer) const {
    const auto wrong = [](std::string why) {
        return Error(orders::channel_error::kBadSettlementFile, {{"why", std::move(why)}});
    };
    const Error not_yet(orders::channel_error::kNoSettlementYet, {{"date", date.text()}});
    if (answer.kind == WireAnswer::Kind::Unknown && answer.why == http::kAnswerTooLarge) {
        return wrong("it is larger than we take from this channel");
    }
    if (answer.kind != WireAnswer::Kind::Answered || answer.status >= 500) return not_yet;
    if (!is_signed(answer.headers, answer.body)) return wrong("it is not signed by the channel");
    if (answer.status == 404) return not_yet;
    if (answer.status != 200) return wrong("the channel refused it with status " + std::to_string(answer.status));
    return read_settlement(settings_.institution, date, answer.body);
}

}  // namespace huiqiao::simple_pay
