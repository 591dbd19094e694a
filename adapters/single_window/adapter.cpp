#include "adapters/single_window/adapter.h"

#include <algorithm>
#include <array>

#include "adapters/single_window/dxp_message.h"
#include "src/base/encoding.h"
#include "src/http/json.h"
#include "src/http/message.h"

namespace huiqiao::single_window {

namespace {

constexpr std::string_view kTaken = "0000";
/// The carrier looked at the whole message and forwarded nothing: format, schema, signature, receiver.
constexpr std::array<std::string_view, 10> kFinalRefusals{"0001", "0002", "0999", "1001", "1002",
                                                          "1003", "1004", "1999", "2001", "2002"};
constexpr std::size_t kMostMailBytes = std::size_t{1} << 20U;

Error no_mail(std::string why) {
    return Error(customs::customs_error::kNoMail, {{"why", std::move(why)}});
}

}  // namespace

Adapter::Adapter(const crypto::SigningKey& our_key, AdapterSettings settings)
    : our_key_(our_key), settings_(std::move(settings)) {
    settings_.page = std::clamp(settings_.page, 1, 100);
}

Result<WireRequest> Adapter::declare(const customs::Transmission& transmission) const {
    Result<std::string> body = write_dxp_message(transmission, settings_.receiver);
    if (!body) return body.error();
    return WireRequest{"POST", "/dxp/messages", {{"content-type", "application/xml"}}, std::move(body).value()};
}

customs::CarrierAnswer Adapter::read_declare(const std::string& message_id, const WireAnswer& answer) const {
    if (answer.kind != WireAnswer::Kind::Answered) return {Outcome::Unknown, "no_answer", "no whole answer came"};
    const std::string status = "http_" + std::to_string(answer.status);
    if (answer.status == 503 || answer.status == 429) return {Outcome::Unknown, status, "the window takes nothing now"};
    if (answer.status != 200) return {Outcome::Unknown, status, "an unexpected status"};
    const Result<DxpReply> reply = read_dxp_reply(answer.body);
    if (!reply) return {Outcome::Unknown, "unreadable", "the reply cannot be read"};
    if (reply->message_id != message_id) return {Outcome::Unknown, "wrong_echo", "the reply is to another message"};
    if (reply->code == kTaken) return {Outcome::Accepted, reply->code, ""};
    if (std::find(kFinalRefusals.begin(), kFinalRefusals.end(), reply->code) != kFinalRefusals.end()) {
        return {Outcome::RejectedFinal, reply->code, reply->text};
    }
    return {Outcome::Unknown, reply->code, reply->text};
}

WireRequest Adapter::receipts(const std::string& dxp_id, std::int64_t after) const {
    WireRequest request{"GET",
                        "/dxp/receipts?dxp_id=" + http::percent_encode(dxp_id) + "&after=" + std::to_string(after) +
                            "&limit=" + std::to_string(settings_.page),
                        {},
                        ""};
    const std::string message = "dxp-1\nGET\n" + request.target;
    request.headers.emplace_back("x-dxp-signature", base64(our_key_.sign(message)));
    return request;
}

Result<customs::MailPage> Adapter::read_receipts(const std::string& dxp_id, std::int64_t after,
                                                 const WireAnswer& answer) const {
    if (answer.kind != WireAnswer::Kind::Answered) return no_mail("no whole answer came");
    if (answer.status != 200) return no_mail("status " + std::to_string(answer.status));
    http::JsonLimits limits;
    limits.max_array_items = 100;
    limits.max_text_bytes = kMostMailBytes;
    limits.max_bytes = std::size_t{2} << 20U;
    const Result<http::Json> json = http::Json::parse(answer.body, limits);
    if (!json) return no_mail("the page is no JSON");
    std::vector<Error> errors;
    http::JsonObject page(json->root(), errors);
    customs::MailPage read;
    read.more = page.boolean("more");
    std::int64_t last = after;
    for (http::JsonObject& one : page.objects("receipts", 0, 100)) {
        const std::int64_t number = one.integer("number", 1, INT64_MAX);
        const std::string message = one.text("message", {1, kMostMailBytes, false, true});
        if (!errors.empty()) break;
        if (number <= last) return no_mail("the numbers do not rise");
        last = number;
        read.mails.push_back(read_mail(number, message, dxp_id));
    }
    if (!errors.empty()) return no_mail("the page is not as agreed");
    return read;
}

customs::Mail Adapter::read_mail(std::int64_t number, std::string_view encoded, const std::string& dxp_id) const {
    customs::Mail mail{number, "", "", ""};
    const auto bytes = from_base64(encoded);
    if (!bytes) {
        mail.problem = "it is no base64";
        return mail;
    }
    std::string text = to_string(*bytes);
    if (settings_.window_key) {
        Result<xml::Signed> proved = xml::verify(text, settings_.window_profile, *settings_.window_key);
        if (!proved) {
            mail.problem = "its signature is not the single window's";
            return mail;
        }
        text = std::move(proved).value().content;
    }
    Result<DxpMessage> message = read_dxp_message(text);
    if (!message) {
        mail.problem = "its envelope cannot be read";
    } else if (message->receiver != dxp_id) {
        mail.problem = "it is for another receiver";
    } else {
        mail.message_type = std::move(message->message_type);
        mail.xml = std::move(message->content);
    }
    return mail;
}

}  // namespace huiqiao::single_window
