#pragma once
// How persons end a transfer between provision accounts that no statement line ends by itself. A line without its
// reference stands in suspense: two persons say that it is this transfer's (resolve_suspense where it is a credit,
// explain_debit where it is a debit, both by way of own_transfer_exit.h). What is on its way and will not come, or came
// in beyond what left, they settle (settle_transfer): a charge on the way and a loss are ours, what is too much is
// nobody's yet. What the banks' statements say later is booked on top of it, and opens the matter again.

#include <memory>

#include "src/flow/own_transfer_exit.h"

namespace huiqiao::flow {

/// Of a suspended amount; kNotOfIt where it cannot be the transfer's. `exit.transfer` is of Kind::Transfer.
Status plan_between(db::Reader& reader, const Suspended& item, const OwnExit& exit, const postings::Event& event,
                    Plan& plan);
void settle_between(db::Group& group, OwnExit& exit, const std::string& note);

/// settle_transfer: {"remittance_id", "as": "charge" | "loss" | "excess" | "not_executed"}.
std::unique_ptr<Decision> make_settle_transfer(const ledger::Ledger& ledger);

namespace transfer_error {
inline constexpr ErrorCode kNothingToSettle{"transfer_not_to_settle", ErrorGroup::Rule,
                                            "The transfer {transfer} cannot be settled so: {why}. Nothing was changed.",
                                            "划转 {transfer} 不能如此处理：{why_zh}。未作任何改动。"};
inline constexpr ErrorCode kStillUnderWay{
    "transfer_under_way", ErrorGroup::Conflict,
    "The transfer {transfer} is still under way: its work item was not closed. Where its statement line stands in "
    "suspense, two persons settle that as own_transfer; where it will not come, or not whole, they propose "
    "settle_transfer. The work item is closed with it.",
    "划转 {transfer} 仍在途，未关闭该待办事项。其对账单流水若已挂账，请由两人以 own_transfer 处理；"
    "若不会到账或未足额到账，请由两人发起 settle_transfer。待办事项将随之关闭。"};
}  // namespace transfer_error

}  // namespace huiqiao::flow
