#pragma once
// The business messages of customs' unified import edition that concern payments: writes CEB411, reads CEB412 and
// CEB900 (customs reference 1.2 to 1.5, 1.7). Elements stand in the schema's order, times are Beijing's, amounts have
// two decimals. Reading is strict about what decides (numbers, times, keys) and ignores what it does not know.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "customs/payment_document.h"
#include "src/base/result.h"

namespace huiqiao::customs {

inline constexpr std::size_t kMostPayments = 100;  // of one message (-401013)
inline constexpr std::string_view kNamespace = "http://www.chinaport.gov.cn/ceb";

/// Who transmits: BaseTransfer.
struct Declarant {
    std::string code;    // copCode: registration of the enterprise that transmits
    std::string name;    // copName
    std::string dxp_id;  // 16 characters, given by the e-port data centre
};

/// kBadDeclarant.
Status check_declarant(const Declarant& declarant);

/// Not sealed. guid: of the message. Errors: kBadDocument, kBadDeclarant, a forbidden character; LogicError for none or
/// more than 100 documents.
Result<std::string> write_ceb411(const std::string& guid, const Declarant& declarant,
                                 std::span<const PaymentDocument> documents);

/// One PaymentReturn.
struct PaymentReturn {
    std::string pay_code;
    std::string serial;
    std::int64_t status = 0;  // see return_code.h
    Instant returned_at{};    // customs' clock, milliseconds
    std::string text;         // theirs; may name a person
};

/// One MessageReturn: a message of ours could not be read at all.
struct MessageReturn {
    std::string message_id;  // CopMsgId of ours
    std::int64_t status = 0;
    Instant returned_at{};
    std::string text;
};

struct Receipts {
    std::vector<PaymentReturn> payments;  // CEB412
    std::vector<MessageReturn> messages;  // CEB900
};

/// kBadReceipt for any other message, or one that breaks the rules of its type.
Result<Receipts> read_receipts(std::string_view xml);

/// "yyyyMMddHHmmssSSS" in Beijing, as receipts write it.
Result<Instant> parse_return_time(std::string_view text);

/// What makes a receipt the same as another: hex of a hash over code, serial, status, time and text (reference 1.5).
std::string receipt_key(const PaymentReturn& one);

namespace customs_error {
inline constexpr ErrorCode kBadDeclarant{"bad_declarant", ErrorGroup::Rule,
                                         "The declarant's {field} is not acceptable: {why}.",
                                         "申报传输企业字段 {field} 不符合要求：{why}。"};
inline constexpr ErrorCode kBadReceipt{"bad_customs_receipt", ErrorGroup::Syntax, "The receipt cannot be read: {why}.",
                                       "回执无法读取：{why}。"};
}  // namespace customs_error

}  // namespace huiqiao::customs
