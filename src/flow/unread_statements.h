#pragma once
// An account whose statement the bank gives and nobody can read stands still: none of its lines is booked, no payout of
// it is seen to be debited. After some hours a person is told; when a statement is read again, that is over. It reads
// and books nothing itself, and says nothing of a bank that does not answer: that is the calls' matter.

#include <chrono>
#include <string_view>

#include "src/db/write_queue.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

inline constexpr std::string_view kStatementUnread = "statement_unread";  // work item; subject: the account
inline constexpr std::chrono::hours kUnreadMayWait{6};                    // banks mend their own pages meanwhile

/// Both in the group that records an answer, with the place as it stood before it.
void tell_of_unread(db::Group& group, const reconciliation::ReadingPlace& place);
void close_unread(db::Group& group, const reconciliation::ReadingPlace& place);

}  // namespace huiqiao::flow
