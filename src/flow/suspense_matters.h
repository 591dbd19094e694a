#pragma once
// Which work items speak of an amount in suspense, so that they are closed with it: those of its payment, its statement
// line, its purchase, its remittance. A matter with another amount still in suspense stays open, and nobody closes it
// by hand.

#include <string>

#include "src/flow/suspense_store.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

/// In the group that settled the amount, after it.
void close_matters(db::Group& group, const Suspended& item, const std::string& note);

/// Before a person closes it: kStillInSuspense where money that it speaks of is in suspense, kOrdersOnHold where orders
/// are on hold for it, kStillUnderWay where a transfer that it tells of has not come to its end, kLineAwaited where the
/// line of a lock's end is still to come.
Status check_closable(db::Reader& reader, const operators::WorkItem& item);

namespace suspense_error {
inline constexpr ErrorCode kStillInSuspense{
    "still_in_suspense", ErrorGroup::Conflict,
    "This work item speaks of {amount}, which entry {entry} put into suspense and which is still there: it was not "
    "closed. Settle the amount by two persons ({action}); the work item is closed with it.",
    "该待办事项涉及的 {amount} 由分录 {entry} 挂账，至今未处理，因此未予关闭。请由两人以 {action} 处理该金额，"
    "待办事项将随之关闭。"};
inline constexpr ErrorCode kOrdersOnHold{
    "orders_on_hold", ErrorGroup::Conflict,
    "{orders} order(s) are on hold for this matter: it was not closed. Release them, or keep them, by two persons "
    "(release_order); the work item is closed with the last of them.",
    "尚有 {orders} 笔订单因该事项暂停，因此未予关闭。请由两人以 release_order 放行或保留，待办事项将随最后一笔关闭。"};
}  // namespace suspense_error

}  // namespace huiqiao::flow
