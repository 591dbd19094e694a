// Reading of CEB412 and CEB900 (message.h).

#include <charconv>

#include "customs/message.h"
#include "customs/return_code.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/xml/document.h"

namespace huiqiao::customs {

namespace {

Error bad(std::string why) {
    return Error(customs_error::kBadReceipt, {{"why", std::move(why)}});
}

/// The texts of a MessageReturn may carry our whole message; those that count are short.
constexpr std::size_t kMostText = 1000;

std::string cut(std::string text) {
    if (text.size() <= kMostText * 4) return text;
    std::size_t end = kMostText * 4;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    return text;
}

Result<PaymentReturn> read_payment(const xml::Node& node) {
    PaymentReturn one;
    one.pay_code = node.child_text("payCode");
    one.serial = node.child_text("payTransactionId");
    const auto code_length = characters_of(one.pay_code);
    const auto serial_length = characters_of(one.serial);
    if (code_length < 1 || code_length > 18) return bad("payCode");
    if (serial_length < 1 || serial_length > 60) return bad("payTransactionId");
    const auto status = parse_return_status(node.child_text("returnStatus"));
    if (!status) return bad("returnStatus");
    one.status = *status;
    Result<Instant> time = parse_return_time(node.child_text("returnTime"));
    if (!time) return bad("returnTime");
    one.returned_at = *time;
    one.text = cut(node.child_text("returnInfo"));
    return one;
}

Result<MessageReturn> read_message(const xml::Node& node) {
    MessageReturn one;
    one.message_id = node.child_text("oriCopMsgId");
    if (one.message_id.empty() || one.message_id.size() > 255) return bad("oriCopMsgId");
    const auto status = parse_return_status(node.child_text("returnStatus"));
    if (!status) return bad("returnStatus");
    one.status = *status;
    Result<Instant> time = parse_return_time(node.child_text("returnTime"));
    if (!time) return bad("returnTime");
    one.returned_at = *time;
    one.text = cut(node.child_text("returnInfo"));
    return one;
}

}  // namespace

Result<Instant> parse_return_time(std::string_view text) {
    const auto wrong = [] { return Error(customs_error::kBadReceipt, {{"why", "returnTime"}}); };
    if (text.size() != 17) return wrong();
    int ms = 0;
    for (const char c : text.substr(14)) {
        if (c < '0' || c > '9') return wrong();
        ms = ms * 10 + (c - '0');
    }
    Result<Instant> second = parse_shanghai_14(text.substr(0, 14));
    if (!second) return wrong();
    return *second + std::chrono::milliseconds(ms);
}

Result<Receipts> read_receipts(std::string_view text) {
    const Result<xml::Document> document = xml::Document::parse(text);
    if (!document) return document.error();
    const xml::Node root = document->root();
    if (root.namespace_uri() != kNamespace) return bad("another namespace");
    Receipts read;
    if (root.name() == "CEB412Message") {
        for (const xml::Node& node : root.children("PaymentReturn")) {
            Result<PaymentReturn> one = read_payment(node);
            if (!one) return one.error();
            read.payments.push_back(std::move(one).value());
        }
        if (read.payments.empty() || read.payments.size() > 100) return bad("a CEB412 holds 1 to 100 returns");
        return read;
    }
    if (root.name() == "CEB900Message") {
        Result<MessageReturn> one = read_message(root.child("MessageReturn"));
        if (!one) return one.error();
        read.messages.push_back(std::move(one).value());
        return read;
    }
    return bad("it is no receipt of payments");
}

std::string receipt_key(const PaymentReturn& one) {
    std::string all;
    const auto put = [&](std::string_view part) {
        all.append(std::to_string(part.size())).append(":").append(part).append("|");
    };
    put(one.pay_code);
    put(one.serial);
    put(std::to_string(one.status));
    put(std::to_string(to_us(one.returned_at)));
    put(one.text);
    return hex(crypto::sha256(all));
}

}  // namespace huiqiao::customs
