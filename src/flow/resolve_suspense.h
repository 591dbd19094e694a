#pragma once
// Money in suspense, settled by two persons: a payment that came too late revives its order, money that is a
// merchant's goes to the merchant's account, what a deal gave beyond its order to the merchants of its orders
// (deal_difference.h), money of an own transfer is booked as own funds', the foreign leg of a purchase that was found
// late settles it. Sending it back is refused: nothing here sends a refund by a channel, and a statement line does not
// tell where a stranger's money came from. An amount is settled whole, and once; what the bank or channel did is booked
// already, so that only suspense moves here.

#include "src/flow/decision.h"

namespace huiqiao::flow {

class ResolveSuspense final : public PlannedDecision {
 public:
    using PlannedDecision::PlannedDecision;
    [[nodiscard]] std::string_view action() const override { return "resolve_suspense"; }
    [[nodiscard]] std::string read(http::JsonObject& json) const override;

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& wish) const override;
    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& wish,
                                                     const postings::Event& event) const override;
    void carry_out(db::Group& group, const Released& released, Plan& plan) const override;
};

namespace suspense_error {
inline constexpr ErrorCode kIsDebit{"is_a_debit", ErrorGroup::Rule,
                                    "What entry {entry} put into suspense is a debit: use explain_debit.",
                                    "分录 {entry} 的挂账为借方，请使用 explain_debit。"};
inline constexpr ErrorCode kDoesNotFit{"credit_does_not_fit", ErrorGroup::Rule,
                                       "The credit of {amount} is not {subject}: {why}.",
                                       "该笔入账 {amount} 与 {subject} 不符：{why}。"};
inline constexpr ErrorCode kNoWayBack{"no_way_back", ErrorGroup::Rule,
                                      "Money cannot be sent back by the {way} from here: {why}.",
                                      "此处无法由{way_zh}退回款项：{why_zh}。"};
inline constexpr ErrorCode kNoPayment{"not_of_a_payment", ErrorGroup::Rule,
                                      "What entry {entry} put into suspense is no payment of an order.",
                                      "分录 {entry} 的挂账不是订单付款。"};
inline constexpr ErrorCode kIsPayment{
    "is_of_a_payment", ErrorGroup::Rule,
    "Payment {payment} stands for its own order: its money revives that or goes back.",
    "支付 {payment} 属于其订单，只能恢复该订单或退回。"};
inline constexpr ErrorCode kOrderCancelled{"order_cancelled", ErrorGroup::Rule,
                                           "Order {order} was cancelled by its platform: the money must go back.",
                                           "订单 {order} 已被平台取消，款项应退回。"};
inline constexpr ErrorCode kNotWhole{"order_not_paid_by_it", ErrorGroup::Rule,
                                     "Order {order} needs {open} and {amount} came: only the exact amount revives it.",
                                     "订单 {order} 尚需 {open}，实收 {amount}；仅金额完全一致时可恢复。"};
inline constexpr ErrorCode kNoMerchant{"no_such_merchant", ErrorGroup::NotFound,
                                       "There is no active merchant {merchant}.", "没有启用的商户 {merchant}。"};
}  // namespace suspense_error

}  // namespace huiqiao::flow
