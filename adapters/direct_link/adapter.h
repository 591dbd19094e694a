#pragma once
// A Chinese bank's direct link (银企直联) as a seller of foreign currency (port fx/fx_bank.h): one path, XML in GBK or
// UTF-8 (envelope.h), functions in the manner of CMB's chapter 12 (wire.h). It has no locks: rates are indicative
// until the deal, a mother deal and its rounds of at most 100 details go before it, and it deals at the rate of the
// moment, for today. Who we are is proved by the signature that the front machine checks. An answer is read only where
// its function and serial are those of the request; what states.h does not list, a deal whose rate and amounts
// disagree, and a list with two deals of one reference are Unknown.

#include "adapters/direct_link/states.h"
#include "adapters/direct_link/wire.h"
#include "adapters/sandbox_bank/bank_signature.h"

namespace huiqiao::direct_link {

class DirectLinkBank final : public fx::FxBank {
 public:
    DirectLinkBank(const sandbox_bank::BankSignature& signature, DirectLinkSettings settings)
        : signature_(signature), settings_(std::move(settings)) {}

    [[nodiscard]] fx::FxBankTraits traits() const override;
    [[nodiscard]] WireRequest write(const fx::Message& message) const override;
    [[nodiscard]] fx::RatesReading read_rates(const std::string& reference, const WireAnswer& answer) const override;
    [[nodiscard]] fx::LockReading read_lock(const std::string& reference, const WireAnswer& answer,
                                            bool of_query) const override;
    [[nodiscard]] fx::PurchaseReading read_purchase(const std::string& reference, const WireAnswer& answer,
                                                    bool of_query) const override;

 private:
    /// The envelope, or nullopt with the reason in `said`.
    [[nodiscard]] std::optional<Answer> open(const WireAnswer& answer, InstructionAnswer& said) const;
    /// Every record of our reference that the answer shows; empty with the reason in `said`.
    [[nodiscard]] std::vector<Record> records(const WireAnswer& answer, InstructionAnswer& said) const;

    const sandbox_bank::BankSignature& signature_;
    DirectLinkSettings settings_;
};

}  // namespace huiqiao::direct_link
