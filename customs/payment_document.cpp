#include "customs/payment_document.h"

#include <array>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::customs {

namespace {

using K = FieldKind;
constexpr std::array<FieldRule, 18> kFields{{
    {"guid", K::Guid, 36, 36, false},
    {"appType", K::OneDigit, 1, 1, false},
    {"appTime", K::Time, 14, 14, false},
    {"appStatus", K::OneDigit, 1, 3, false},
    {"payCode", K::Text, 1, 18, false},
    {"payName", K::Text, 1, 100, false},
    {"payTransactionId", K::Text, 1, 60, false},
    {"orderNo", K::Text, 1, 60, false},
    {"ebpCode", K::Text, 1, 18, false},
    {"ebpName", K::Text, 1, 100, false},
    {"payerIdType", K::OneDigit, 1, 1, false},
    {"payerIdNumber", K::Text, 1, 60, false},
    {"payerName", K::Text, 1, 60, false},
    {"telephone", K::Text, 0, 60, true},
    {"amountPaid", K::Amount, 1, 20, false},
    {"currency", K::Currency, 3, 3, false},
    {"payTime", K::Time, 14, 14, false},
    {"note", K::Text, 0, 1000, true},
}};

Error bad(std::string_view field, std::string_view why) {
    return Error(customs_error::kBadDocument, {{"field", std::string(field)}, {"why", std::string(why)}});
}

bool is_guid(std::string_view text) {
    // Senders' guids need not be UUIDs, but they are 36 capitals, digits, '-' or '_' (reference 1.4).
    for (const char c : text) {
        const bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
        if (!good) return false;
    }
    return text.size() == 36;
}

bool is_serial(std::string_view text) {
    for (const char c : text) {
        const bool good =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        if (!good) return false;
    }
    return !text.empty();
}

/// Nothing that a person cannot see: C0, DEL and C1, in UTF-8.
bool has_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7F) return true;
        if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
    }
    return false;
}

Status check_field(const FieldRule& rule, const std::string& text) {
    const std::ptrdiff_t length = characters_of(text);
    if (length < 0) return bad(rule.name, "it is no UTF-8");
    if (text.empty()) {
        if (rule.may_be_absent) return Done{};
        return bad(rule.name, "it is missing");
    }
    if (static_cast<std::size_t>(length) < rule.least || static_cast<std::size_t>(length) > rule.most) {
        return bad(rule.name, "it has " + std::to_string(length) + " characters, " + std::to_string(rule.least) +
                                  " to " + std::to_string(rule.most) + " are allowed");
    }
    if (has_control(text)) return bad(rule.name, "it holds a control character");
    if (text.front() == ' ' || text.back() == ' ') return bad(rule.name, "it has a space at an end");
    return Done{};
}

}  // namespace

std::string_view code_of(AppType type) {
    switch (type) {
        case AppType::New: return "1";
        case AppType::Change: return "2";
        case AppType::Delete: return "3";
    }
    throw LogicError("app type out of range");
}

std::string_view to_text(AppType type) {
    switch (type) {
        case AppType::New: return "new";
        case AppType::Change: return "change";
        case AppType::Delete: return "delete";
    }
    throw LogicError("app type out of range");
}

AppType app_type_from_text(std::string_view text) {
    for (const AppType type : {AppType::New, AppType::Change, AppType::Delete}) {
        if (to_text(type) == text) return type;
    }
    throw LogicError("not an app type: " + std::string(text));
}

std::span<const FieldRule> payment_head_fields() {
    return kFields;
}

std::string field_text(const PaymentDocument& d, std::string_view name) {
    if (name == "guid") return d.guid;
    if (name == "appType") return std::string(code_of(d.app_type));
    if (name == "appTime") return shanghai_14(d.app_time);
    if (name == "appStatus") return "2";  // declare; "1" would only be stored
    if (name == "payCode") return d.pay_code;
    if (name == "payName") return d.pay_name;
    if (name == "payTransactionId") return d.serial;
    if (name == "orderNo") return d.order_no;
    if (name == "ebpCode") return d.platform_code;
    if (name == "ebpName") return d.platform_name;
    if (name == "payerIdType") return "1";
    if (name == "payerIdNumber") return d.payer_id_number;
    if (name == "payerName") return d.payer_name;
    if (name == "telephone") return d.telephone;
    if (name == "amountPaid") return d.amount.text();
    if (name == "currency") return "142";  // customs' number of CNY, not ISO 4217's
    if (name == "payTime") return shanghai_14(d.paid_at);
    if (name == "note") return d.note;
    throw LogicError("no field " + std::string(name));
}

std::ptrdiff_t characters_of(std::string_view text) {
    std::ptrdiff_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80   ? 1
                                   : lead < 0xC2 ? 0
                                   : lead < 0xE0 ? 2
                                   : lead < 0xF0 ? 3
                                   : lead < 0xF5 ? 4
                                                 : 0;
        if (length == 0 || i + length > text.size()) return -1;
        for (std::size_t j = 1; j < length; ++j) {
            if ((static_cast<unsigned char>(text[i + j]) & 0xC0) != 0x80) return -1;
        }
        i += length;
    }
    return count;
}

Status check_document(const PaymentDocument& document) {
    for (const FieldRule& rule : kFields) {
        if (const Status good = check_field(rule, field_text(document, rule.name)); !good) return good.error();
    }
    if (!is_guid(document.guid)) return bad("guid", "36 capitals, digits and hyphens are needed");
    if (!is_serial(document.serial)) return bad("payTransactionId", "only letters, digits, '-' and '_' are safe");
    if (document.amount.currency() != Currency::known("CNY")) return bad("currency", "only CNY is declared");
    if (!document.amount.is_positive()) return bad("amountPaid", "it is not above zero");
    if (document.paid_at > document.app_time) return bad("payTime", "it is after the time of reporting");
    return Done{};
}

std::string content_hash(const PaymentDocument& document) {
    std::string all;
    for (const std::string_view name : {"payCode", "payTransactionId", "orderNo", "ebpCode", "ebpName", "payerIdNumber",
                                        "payerName", "amountPaid", "payTime"}) {
        const std::string text = field_text(document, name);
        all.append(std::to_string(text.size())).append(":").append(text).append("|");
    }
    return hex(crypto::sha256(all));
}

}  // namespace huiqiao::customs
