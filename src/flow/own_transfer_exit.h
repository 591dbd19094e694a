#pragma once
// The way out of suspense for money of an own transfer that did not go as ordered: another amount, executed after a
// rejection or a second time, come back without its reference. Two persons say that it is this transfer's, by
// resolve_suspense where it is a credit and explain_debit where it is a debit; after that nothing of the transfer is
// under way or held. Money that its open order covers pays the bridge of its direction; all other is ours among
// customers' money (a credit) or owed to it by own funds (a debit), which the day's close sets off. Of a transfer
// between provision accounts the same is said of a line without its reference: provision_transfer_exit.h.

#include <optional>
#include <string>

#include "src/flow/decision.h"
#include "src/flow/suspense_store.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

struct OwnExit {
    remittance::Remittance transfer;
    Money amount;
    bool is_return = false;  // against the transfer's direction
    bool is_open = false;    // under way until now
    std::string account;     // on whose statement the money stands
    bool is_debit = false;
};

void touch_own(db::Reader& reader, const std::string& remittance_id, Touched& touched);
/// Adds the change and the entry to the plan.
Result<OwnExit> plan_own(db::Reader& reader, const Suspended& item, const std::string& remittance_id,
                         const postings::Event& event, Plan& plan);
void settle_own(db::Group& group, OwnExit& exit, const std::string& note);

/// The own transfer whose reference the statement line behind it carries: by no other way may it leave suspense, since
/// the transfer would stay open. "" where there is none.
std::string own_transfer_behind(db::Reader& reader, const Suspended& item);

namespace own_transfer_error {
inline constexpr ErrorCode kNoTransfer{"no_such_transfer", ErrorGroup::NotFound,
                                       "There is no transfer of ours {transfer}.", "不存在本机构的划转 {transfer}。"};
inline constexpr ErrorCode kNotOfIt{"not_of_the_transfer", ErrorGroup::Rule,
                                    "{amount} is not of the transfer {transfer}: {why}.",
                                    "{amount} 与划转 {transfer} 不符：{why_zh}。"};
inline constexpr ErrorCode kIsOfTransfer{"is_of_own_transfer", ErrorGroup::Rule,
                                         "The bank booked it under the transfer {transfer}: settle it as own_transfer.",
                                         "银行以划转 {transfer} 的流水号入账，请按 own_transfer 处理。"};
}  // namespace own_transfer_error

}  // namespace huiqiao::flow
