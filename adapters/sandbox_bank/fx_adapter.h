#pragma once
// The sandbox bank as a seller of foreign currency (port fx/fx_bank.h). Requests and answers are signed as
// bank_signature.h says; the JSON is fx_wire.h's. It is idempotent by our reference for locks and purchases, answers
// queries by reference at once, fixes either side of a deal, quotes per 1 or per 100 units, and takes a board's price
// for a lock while the board is valid. What is not on the lists in fx_adapter.cpp is Unknown.

#include "adapters/sandbox_bank/bank_signature.h"
#include "fx/fx_bank.h"

namespace huiqiao::sandbox_bank {

class SandboxFxBank final : public fx::FxBank {
 public:
    explicit SandboxFxBank(const BankSignature& signature) : signature_(signature) {}

    [[nodiscard]] fx::FxBankTraits traits() const override;
    [[nodiscard]] WireRequest write(const fx::Message& message) const override;
    [[nodiscard]] fx::RatesReading read_rates(const std::string& reference, const WireAnswer& answer) const override;
    [[nodiscard]] fx::LockReading read_lock(const std::string& reference, const WireAnswer& answer,
                                            bool of_query) const override;
    [[nodiscard]] fx::PurchaseReading read_purchase(const std::string& reference, const WireAnswer& answer,
                                                    bool of_query) const override;

 private:
    const BankSignature& signature_;
};

}  // namespace huiqiao::sandbox_bank
