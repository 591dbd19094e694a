#pragma once
// A bank that remits: how a batch of payments is asked for and how its answers read. Pure: no socket, clock or
// database. Whatever is not on the bank's explicit list is Unknown. What an answer echoes (reference, amount, payee's
// account) must be what was sent, or the outcome is Unknown (PAY-05). The reference of the batch is its message id; the
// bank de-duplicates by it and by each payment's reference, so that the same bytes may never pay twice.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/exchange.h"
#include "src/remittance/remittance.h"

namespace huiqiao::remittance {

/// Who bears the banks' charges.
enum class ChargeBearer { Payer, Shared, Payee };

/// A name and a structured address, as messages since November 2026 must have it: town and country at least.
struct Party {
    std::string name;  // at most 140 characters
    std::string street;
    std::string building;
    std::string post_code;
    std::string town;
    std::string subdivision;
    std::string country;  // ISO 3166, two letters
};

struct PayeeAccount {
    std::string account;  // IBAN or other, at most 34 characters
    bool is_iban = false;
    std::string bank_bic;       // 8 or 11; may be empty where a clearing code stands
    std::string clearing_code;  // in the scheme of the bank's country: ABA, CNAPS, sort code …; may be empty
    std::string bank_country;   // ISO 3166, two letters
    std::string bank_name;
};

struct Payment {
    std::string reference;  // at most 35 characters, random
    std::string uetr;
    Kind kind = Kind::Foreign;
    Money amount;
    Party payee;
    PayeeAccount account;
    std::string purpose;  // ISO purpose code: "GDDS", "STDY"
    ChargeBearer charges = ChargeBearer::Shared;
    std::string information;  // for the payee, at most 140 characters
};

struct PaymentBatch {
    std::string reference;  // at most 35 characters; unique for ever
    Instant created_at{};
    Date execution_date;
    Party debtor;
    std::string debtor_account;
    std::string debtor_bank_bic;
    std::vector<Payment> payments;  // of one currency, that of the debtor's account
};

/// What was sent of one payment, for the comparison.
struct Sent {
    std::string reference;
    Money amount;
    std::string uetr;
};

/// A payment's answer, and the account that the bank says it paid (empty where it does not say).
struct PaymentAnswer {
    InstructionAnswer answer;
    std::string payee_account;
};

/// What a bank can be relied on for (XCT-12); each adapter declares it of its own bank.
struct RemittanceBankTraits {
    bool is_idempotent_by_reference = false;  // the same message twice pays once
    bool answers_by_reference = false;        // a query by our reference tells what became of it
    bool lists_by_day = false;                // a day's statement shows every payment with our reference
    std::chrono::seconds visibility_delay{};  // until then "not found" says nothing
};

/// kNoAutomaticPayout where an unknown payment could never be resolved: no query by reference, or no list by day.
Status check_for_automatic_payout(std::string_view bank, const RemittanceBankTraits& traits);

class RemittanceBank {
 public:
    virtual ~RemittanceBank() = default;
    [[nodiscard]] virtual RemittanceBankTraits traits() const = 0;
    /// xml_forbidden_character and the like where the batch cannot be written.
    [[nodiscard]] virtual Result<WireRequest> pay(const PaymentBatch& batch) const = 0;
    /// One answer for each payment sent; of an answer that cannot be read, Unknown for each.
    [[nodiscard]] virtual std::vector<PaymentAnswer> read_pay(const WireAnswer& answer,
                                                              const std::string& batch_reference,
                                                              std::span<const Sent> sent) const = 0;
    [[nodiscard]] virtual WireRequest query(const std::string& batch_reference) const = 0;
    [[nodiscard]] virtual std::vector<PaymentAnswer> read_query(const WireAnswer& answer,
                                                                const std::string& batch_reference,
                                                                std::span<const Sent> sent) const = 0;
};

namespace remittance_error {
inline constexpr ErrorCode kNoAutomaticPayout{"no_automatic_payout", ErrorGroup::Rule,
                                              "The bank {bank} cannot be used for automatic payouts: it {lacks}. An "
                                              "unknown payment could never be resolved there.",
                                              "银行 {bank} 不能用于自动付款：{lacks_zh}，结果未知的付款将无法查明。"};
}  // namespace remittance_error

}  // namespace huiqiao::remittance
