#pragma once
// The sandbox bank as our ports see it: remittances (pain.001 by POST /v1/payments, pain.002 back and by
// GET /v1/payments/{message id}) and account statements (camt.053 by GET /v1/accounts/{account}/statement). Bodies are
// XML, requests and answers are signed (bank_signature.h). Decides nothing; foreign exchange is another adapter.
// HTTP statuses: 200 and 202 carry a pain.002; 422 carries one that rejects the whole message. Every other status says
// nothing certain, so payments are Unknown.

#include "adapters/sandbox_bank/bank_signature.h"
#include "src/reconciliation/account_bank.h"
#include "src/remittance/remittance_bank.h"

namespace huiqiao::sandbox_bank {

class SandboxRemittanceBank final : public remittance::RemittanceBank {
 public:
    explicit SandboxRemittanceBank(const BankSignature& signature) : signature_(signature) {}

    [[nodiscard]] remittance::RemittanceBankTraits traits() const override;
    [[nodiscard]] Result<WireRequest> pay(const remittance::PaymentBatch& batch) const override;
    [[nodiscard]] std::vector<remittance::PaymentAnswer> read_pay(
        const WireAnswer& answer, const std::string& batch_reference,
        std::span<const remittance::Sent> sent) const override;
    [[nodiscard]] WireRequest query(const std::string& batch_reference) const override;
    [[nodiscard]] std::vector<remittance::PaymentAnswer> read_query(
        const WireAnswer& answer, const std::string& batch_reference,
        std::span<const remittance::Sent> sent) const override;

 private:
    const BankSignature& signature_;
};

class SandboxAccountBank final : public reconciliation::AccountBank {
 public:
    explicit SandboxAccountBank(const BankSignature& signature) : signature_(signature) {}

    [[nodiscard]] WireRequest statement(const reconciliation::StatementRequest& request) const override;
    [[nodiscard]] Result<reconciliation::Statement> read_statement(
        const WireAnswer& answer, const reconciliation::StatementRequest& request) const override;

 private:
    const BankSignature& signature_;
};

}  // namespace huiqiao::sandbox_bank
