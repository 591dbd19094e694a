#pragma once
// What an account can spend by balances that were read together: its own, or zero where it has none yet. It reads
// nothing, and holds nothing: what is available now may be held by the next group.

#include <map>
#include <string>

#include "src/ledger/ledger.h"

namespace huiqiao::ledger {

inline Money available(const std::map<std::string, Balance>& balances, const Account& account) {
    const auto found = balances.find(account.id());
    return found == balances.end() ? Money::zero(account.currency) : found->second.available();
}

}  // namespace huiqiao::ledger
