#pragma once
// Orders on hold (a payout rejected or returned, a payee not usable): two persons release them, and the workers go on
// by themselves, or keep them, and nothing more is sent for them until somebody releases them after all. That is said
// of one matter (subject_id), or of all that hold an order; what else holds it holds it on. The matter's work item is
// closed with the last of its orders. It sends nothing and books nothing: a payout that follows is a new remittance,
// with a reference of its own (XCT-08). A far-off deal lets its orders go with its own settling (settle_far_off.h).

#include "src/flow/decision.h"

namespace huiqiao::flow {

inline constexpr std::size_t kMostOrdersReleased = 500;

class ReleaseOrder final : public PlannedDecision {
 public:
    using PlannedDecision::PlannedDecision;
    [[nodiscard]] std::string_view action() const override { return "release_order"; }
    [[nodiscard]] std::string read(http::JsonObject& json) const override;

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& wish) const override;
    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& wish,
                                                     const postings::Event& event) const override;
    void carry_out(db::Group& group, const Released& released, Plan& plan) const override;
};

namespace release_error {
inline constexpr ErrorCode kNoOrder{"no_such_order", ErrorGroup::NotFound, "There is no order {order}.",
                                    "订单 {order} 不存在。"};
inline constexpr ErrorCode kNotHeld{"order_not_held", ErrorGroup::Conflict, "Order {order} is not on hold.",
                                    "订单 {order} 未被暂停。"};
inline constexpr ErrorCode kNotHeldForIt{"order_not_held_for_it", ErrorGroup::Conflict,
                                         "Order {order} is not on hold for {subject}.",
                                         "订单 {order} 并非因 {subject} 被暂停。"};
inline constexpr ErrorCode kKeptBefore{"order_kept_before", ErrorGroup::Conflict,
                                       "Order {order} is kept by two persons already.",
                                       "订单 {order} 已由两人决定暂停。"};
inline constexpr ErrorCode kPayeeNotUsable{"payee_not_usable", ErrorGroup::Rule,
                                           "Order {order} cannot be released: its payee {payee} is not usable.",
                                           "订单 {order} 不能放行：收款人 {payee} 不可用。"};
inline constexpr ErrorCode kDebitNotExplained{
    "debit_not_explained", ErrorGroup::Conflict,
    "Order {order} cannot be released: the bank debited remittance {remittance} although it rejected it. Explain that "
    "debit first (explain_debit).",
    "订单 {order} 不能放行：银行已拒绝汇款 {remittance}，却仍扣了款。请先说明该笔扣款（explain_debit）。"};
inline constexpr ErrorCode kDealNotSettled{
    "deal_not_settled", ErrorGroup::Conflict,
    "Order {order} cannot be released or kept: money of purchase {purchase}, whose deal is far off what was agreed, is "
    "still in suspense. Settle the deal by two persons first (settle_far_off_deal); its orders are released with it.",
    "订单 {order} 不能放行或保留：购汇 {purchase} 的成交与约定相差过大，其款项仍在挂账。"
    "请先由两人处理该笔成交（settle_far_off_deal），相关订单将随之放行。"};
}  // namespace release_error

}  // namespace huiqiao::flow
