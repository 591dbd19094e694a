#pragma once
// A debit in suspense_debit, settled by two persons: it was a remittance, the CNY leg of a purchase or the cost of a
// lock's end (what waited for it goes on as if the statement line had carried its reference), it is a merchant's or an
// own transfer's, it is what a deal took beyond its order and is borne by agreement (deal_difference.h), it was
// recalled (the credit that brought it back stands in suspense and is turned round; or the bank took back what it had
// given for a deal that it annulled), or it is given up and is our loss. An amount is settled whole, and once. The
// bank's line is booked already and stays.

#include "src/flow/decision.h"

namespace huiqiao::flow {

class ExplainDebit final : public PlannedDecision {
 public:
    using PlannedDecision::PlannedDecision;
    [[nodiscard]] std::string_view action() const override { return "explain_debit"; }
    [[nodiscard]] std::string read(http::JsonObject& json) const override;

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& wish) const override;
    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& wish,
                                                     const postings::Event& event) const override;
    void carry_out(db::Group& group, const Released& released, Plan& plan) const override;
};

namespace debit_error {
inline constexpr ErrorCode kIsCredit{"is_a_credit", ErrorGroup::Rule,
                                     "What entry {entry} put into suspense is a credit: use resolve_suspense.",
                                     "分录 {entry} 的挂账为贷方，请使用 resolve_suspense。"};
inline constexpr ErrorCode kNoSubject{"no_such_subject", ErrorGroup::NotFound, "There is no {what} {subject}.",
                                      "不存在 {what} {subject}。"};
inline constexpr ErrorCode kDoesNotFit{"debit_does_not_fit", ErrorGroup::Rule,
                                       "The debit of {amount} is not {subject}: {why}.",
                                       "该笔扣款 {amount} 与 {subject} 不符：{why}。"};
inline constexpr ErrorCode kNoRefunds{"no_refunds", ErrorGroup::Rule,
                                      "No refund is sent by this program, so that no debit can be one.",
                                      "本系统不发起退款，扣款不可能是退款。"};
}  // namespace debit_error

}  // namespace huiqiao::flow
