#pragma once
// Whether an account has an amount free, said while two persons' decision is planned: before anything is held or
// posted. By balances that were read; it reads nothing and holds nothing.

#include "src/flow/decision.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

/// kInsufficientFunds, with what is free and what was wanted.
inline Status can_pay(const std::map<std::string, ledger::Balance>& balances, const ledger::Account& account,
                      const Money& wanted) {
    const Money has = ledger::available(balances, account);
    if (has >= wanted) return Done{};
    return Error(ledger::ledger_error::kInsufficientFunds, {{"account", account.id()},
                                                            {"available", amount_with_currency(has)},
                                                            {"wanted", amount_with_currency(wanted)}});
}

}  // namespace huiqiao::flow
