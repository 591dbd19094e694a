#pragma once
// pain.001.001.09 written and pain.002.001.10 read, without transport. Amounts at the currency's digits, addresses
// structured, one PmtInf a message with the message's id. Only what stands on the explicit list is a rejection:
// RJCT or CANC of the transaction itself, or of the group or payment information that it inherits from. An answer about
// another message, with another amount or UETR than was sent, or that cannot be read, is Unknown (PAY-05).

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/remittance/remittance_bank.h"

namespace huiqiao::sandbox_bank {

Result<std::string> write_pain001(const remittance::PaymentBatch& batch);

std::vector<remittance::PaymentAnswer> read_pain002(std::string_view body, const std::string& batch_reference,
                                                    std::span<const remittance::Sent> sent);

/// Unknown for each payment, with that reason.
std::vector<remittance::PaymentAnswer> all_unknown(std::span<const remittance::Sent> sent, std::string_view why);

/// What a status code of ISO 20022 means to us; whatever is not listed is Unknown.
Outcome outcome_of_status(std::string_view code);

namespace wire_error {
inline constexpr ErrorCode kBadBatch{"bad_payment_batch", ErrorGroup::Rule,
                                     "The payment batch cannot be written: {why}.", "付款批次无法生成报文：{why}。"};
}  // namespace wire_error

}  // namespace huiqiao::sandbox_bank
