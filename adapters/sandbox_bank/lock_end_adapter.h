#pragma once
// Ends of locks at the sandbox bank (port fx/lock_end_bank.h), by those ways that its contract has: signed as
// bank_signature.h says, in the JSON of lock_end_wire.h. It is idempotent by our reference, and answers queries by it.
// What is not on the lists in lock_end_adapter.cpp is Unknown.

#include "adapters/sandbox_bank/bank_signature.h"
#include "fx/lock_end_bank.h"

namespace huiqiao::sandbox_bank {

class SandboxLockEnds final : public fx::LockEndBank {
 public:
    SandboxLockEnds(const BankSignature& signature, fx::LockEndTraits traits)
        : signature_(signature), traits_(traits) {}

    [[nodiscard]] fx::LockEndTraits traits() const override { return traits_; }
    [[nodiscard]] WireRequest write(const fx::LockEndMessage& message) const override;
    [[nodiscard]] fx::EndCostReading read_cost(const std::string& reference, const WireAnswer& answer) const override;
    [[nodiscard]] fx::EndReading read_end(const std::string& reference, const WireAnswer& answer) const override;

 private:
    const BankSignature& signature_;
    fx::LockEndTraits traits_;
};

}  // namespace huiqiao::sandbox_bank
