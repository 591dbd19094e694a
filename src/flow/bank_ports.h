#pragma once
// The port of each bank, by the counterparty's name: an account's bank, or the counterparty of a call. The ports
// outlive it. It chooses no bank.

#include <map>
#include <string>

#include "src/base/result.h"
#include "src/reconciliation/account_bank.h"
#include "src/remittance/remittance_bank.h"

namespace huiqiao::flow {

template <class Port>
class BankPorts {
 public:
    explicit BankPorts(std::map<std::string, const Port*> ports) : ports_(std::move(ports)) {}

    /// LogicError where no such bank is configured any more: its calls cannot be written or read.
    [[nodiscard]] const Port& at(const std::string& bank) const {
        const auto found = ports_.find(bank);
        if (found == ports_.end()) throw LogicError("no bank '" + bank + "' is configured");
        return *found->second;
    }

 private:
    std::map<std::string, const Port*> ports_;
};

using RemittanceBanks = BankPorts<remittance::RemittanceBank>;
using AccountBanks = BankPorts<reconciliation::AccountBank>;

}  // namespace huiqiao::flow
