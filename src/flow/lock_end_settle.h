#pragma once
// How two persons end the waiting for the line of a lock's end (lock_ends.h) that does not come as its bank said. It
// came otherwise: a line in suspense was it, and what is booked for the end becomes what the lines came to; the
// difference is ours, as the end is. Or nothing comes, since the bank waived it or its line stands explained as
// something else: what is booked for the end is reversed. Either way nothing is held for it any more. A line that comes
// later all the same stands in suspense, told, and adds to it by the same verb; nothing is booked twice.

#include <memory>

#include "src/flow/decision.h"

namespace huiqiao::flow {

/// Work items; subject: the line, which stands in suspense until it is settled.
inline constexpr std::string_view kLockEndLineDiffers = "lock_end_line_differs";

/// settle_lock_end: {"end_id", "outcome": "settled_otherwise", "entry_id"} or {"end_id", "outcome": "nothing_comes"}.
std::unique_ptr<Decision> make_settle_lock_end(const ledger::Ledger& ledger);

namespace lock_end_error {
inline constexpr ErrorCode kNothingToSettle{"lock_end_not_to_settle", ErrorGroup::Rule,
                                            "The end {end} of a lock cannot be settled so: {why}. Nothing was changed.",
                                            "锁汇结束申请 {end} 不能如此处理：{why_zh}。未作任何改动。"};
inline constexpr ErrorCode kLineAwaited{
    "lock_end_line_awaited", ErrorGroup::Conflict,
    "The line of end {end} is still awaited: its work item was not closed. Where its line stands in suspense, or none "
    "will come, two persons propose settle_lock_end; the work item is closed with it.",
    "锁汇结束申请 {end} 仍在等待对账单流水，未关闭该待办事项。若其流水已挂账，或不会到账，请由两人发起 "
    "settle_lock_end。待办事项将随之关闭。"};
}  // namespace lock_end_error

}  // namespace huiqiao::flow
