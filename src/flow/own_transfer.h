#pragma once
// Money between customers' provision accounts and the institution's own: a top-up (what own funds owe the customers,
// due_from_own) and a sweep (what was earned and still stands among customers' money, due_to_own). A remittance of an
// own kind with the states and the port of any other, ordered by two persons; never more than is owed and not under way
// yet. Booked when the provision account's statement shows it, and not before. Where the statement shows it otherwise
// (another amount, after a rejection, a second time) it stands in suspense, and src/flow/own_transfer_exit.h ends that.

#include <optional>

#include "src/flow/decision.h"
#include "src/reconciliation/statement.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

/// Accounts that an event of it may touch.
std::vector<ledger::Account> accounts_of_own(const remittance::Remittance& one);

/// "sb-usd", and the institution's own.
const std::string& provision_of_own(const remittance::Remittance& one);
const std::string& own_account_of(const remittance::Remittance& one);
/// As the statement will book it.
ledger::Draft own_entry(const postings::Event& event, const remittance::Remittance& one);

/// A line under its reference: changes the locked remittance and gives the entry. The line that proves it is booked,
/// and so is its return; any other goes to suspense with a work item. Nothing where the line is a charge, or of an
/// account that is not the transfer's.
std::optional<ledger::Draft> own_line(db::Group& group, remittance::Remittance& one,
                                      const reconciliation::StatementLine& line);

/// Proved rejected: what was held is free again, and a person is told.
void reject_own(db::Group& group, const ledger::Ledger& ledger, remittance::Remittance& one);

namespace own_transfer_error {
inline constexpr ErrorCode kNoAccount{"no_such_account", ErrorGroup::NotFound,
                                      "There is no {what} account {account} in {currency}.",
                                      "没有币种为 {currency} 的{what_zh} {account}。"};
inline constexpr ErrorCode kNotOwed{"more_than_owed", ErrorGroup::Rule,
                                    "{amount} is more than what is owed and not under way: {owed}.",
                                    "{amount} 超过尚欠且未在途的金额 {owed}。"};
}  // namespace own_transfer_error

}  // namespace huiqiao::flow
