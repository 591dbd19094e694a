#pragma once
// A payment document (支付单) as CEB411 carries it: one serial, one order, CNY. Its table of fields gives order,
// lengths (in characters) and what may be left out, exactly as customs reference 1.4 does; check() refuses whatever the
// schema lets pass and customs does not (zero amounts, times ahead, lower-case guids). It holds personal data: it lives
// in memory and in the sealed message only.

#include <span>
#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::customs {

/// appType: "1" new, "2" change, "3" delete.
enum class AppType { New, Change, Delete };

std::string_view code_of(AppType type);  // "1"
std::string_view to_text(AppType type);  // stored: "new"
AppType app_type_from_text(std::string_view text);

struct PaymentDocument {
    std::string guid;  // 36 characters, upper case
    AppType app_type = AppType::New;
    Instant app_time{};    // when reported; rises with every sending of the same document
    std::string pay_code;  // payment enterprise as registered with customs
    std::string pay_name;
    std::string serial;         // payTransactionId: with pay_code the business key
    std::string order_no;       // the platform's, byte for byte as in its own order document
    std::string platform_code;  // ebpCode
    std::string platform_name;
    std::string payer_id_number;  // resident identity card; no other type is taken
    std::string payer_name;
    std::string telephone;  // may be empty
    Money amount;           // CNY, more than zero
    Instant paid_at{};      // not after app_time
    std::string note;       // may be empty
};

enum class FieldKind { Text, Guid, OneDigit, Time, Amount, Currency };

struct FieldRule {
    std::string_view name;
    FieldKind kind;
    std::size_t least;  // characters
    std::size_t most;
    bool may_be_absent;
};

/// The 18 elements of PaymentHead, in the order in which they must stand.
std::span<const FieldRule> payment_head_fields();

/// The text of a field as it is written, "" where it is left out.
std::string field_text(const PaymentDocument& document, std::string_view name);

/// kBadDocument names the field and what is wrong with it, never its content.
Status check_document(const PaymentDocument& document);

/// Hex of a SHA-256 over what customs compares: pay code, serial, order, platform, payer, amount, time of payment. Two
/// sendings with the same hash say the same.
std::string content_hash(const PaymentDocument& document);

/// Characters of valid UTF-8; nullopt-like -1 for bytes that are no UTF-8.
std::ptrdiff_t characters_of(std::string_view text);

namespace customs_error {
inline constexpr ErrorCode kBadDocument{"bad_payment_document", ErrorGroup::Rule,
                                        "The payment document's {field} is not acceptable: {why}.",
                                        "支付单字段 {field} 不符合要求：{why}。"};
}  // namespace customs_error

}  // namespace huiqiao::customs
