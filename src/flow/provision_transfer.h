#pragma once
// What becomes of a transfer of customers' money between two provision accounts: the paying bank's line shows that it
// left (transfer stands for it), the other bank's that it arrived, in either order. Whatever either bank books under
// its reference is booked so, for the amount of the line: it is the same money, and what is not in either account
// stands in transfer. A line that is not what was ordered is a work item too. Ordered by src/flow/keep_level.h.

#include <optional>

#include "src/flow/provision_transfer_store.h"
#include "src/ledger/ledger.h"
#include "src/reconciliation/statement.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

/// Accounts that an event of it may touch.
std::vector<ledger::Account> accounts_of_transfer(const remittance::Remittance& one);

/// A line under its reference: changes the locked remittance and gives the entry. Nothing where the line is of an
/// account that is not the transfer's.
std::optional<ledger::Draft> transfer_line(db::Group& group, remittance::Remittance& one,
                                           const reconciliation::StatementLine& line);

/// Proved rejected: what was held is free again, and a person is told.
void reject_transfer(db::Group& group, const ledger::Ledger& ledger, remittance::Remittance& one);

}  // namespace huiqiao::flow
