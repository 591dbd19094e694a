#pragma once
// The balance of an account at a past instant: all that was booked up to and including it, out of the balances stored
// at the last day's close before it and the postings since. Answered only up to the smallest passed_at of the live
// writer slots, since before that no entry can be added any more.

#include "src/db/database.h"
#include "src/ledger/account.h"
#include "src/ledger/ledger.h"

namespace huiqiao::ledger {

/// In the account's normal sign. kInstantOpen where `at` is later than what is settled among the writers, or than
/// `now`. `now` is the database's time (the Reader's caller knows its clock).
Result<Money> balance_at(db::Reader& reader, const Chart& chart, const Account& account, Instant at, Instant now);

/// The last instant at which nothing can be booked any more: the past of everything that write groups change.
Instant settled_until(db::Reader& reader, Instant now);

namespace ledger_error {
inline constexpr ErrorCode kInstantOpen{"instant_still_open", ErrorGroup::Retry,
                                        "Balances are settled up to {settled}; ask for {asked} a little later.",
                                        "余额已确定至 {settled}，请稍后再查询 {asked}。"};
}  // namespace ledger_error

}  // namespace huiqiao::ledger
