#pragma once
// The writes behind approval_routes: asking, and deciding (and, for every action but accept_rate, carrying out in the
// same COMMIT). Who asks or decides is read again in the group (SEC-08).

#include <memory>
#include <optional>
#include <string>

#include "src/calls/resolve.h"
#include "src/flow/decision.h"
#include "src/ledger/ledger.h"
#include "src/operators/approval.h"

namespace huiqiao::api {

inline constexpr std::string_view kResolveInstruction = "resolve_instruction";
inline constexpr std::string_view kAcceptRate = "accept_rate";
inline constexpr std::string_view kResumePayouts = "resume_payouts";

/// The verbs that two persons carry out (src/flow/decision.h); they outlive whoever holds the list.
using Decisions = std::vector<const flow::Decision*>;
/// nullptr where no verb is called that.
const flow::Decision* find_decision(const Decisions& decisions, std::string_view action);

struct AskItem final : db::Item {
    std::string operator_id;
    std::string action;
    std::string subject_id;
    std::string content;
    std::optional<operators::Approval> approval;
    std::optional<Error> error;
};

class AskOperation final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "ask_approval"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;
};

enum class Verdict { Release, Refuse, Withdraw };

struct DecideItem final : db::Item {
    std::string operator_id;
    std::string approval_id;
    std::string request_id;
    Verdict verdict = Verdict::Refuse;
    std::string content_hash;                     // of what the checker saw; to release only
    std::string reason;                           // to refuse and withdraw only
    std::optional<operators::Approval> approval;  // as it stands after it
    std::optional<Error> error;
};

/// What is released is carried out and used in this very group, but for accept_rate. Where it cannot be (not escalated,
/// not stopped any more, not what was previewed) the approval stays released and unused, and the error says why.
class DecideOperation final : public db::Operation {
 public:
    DecideOperation(calls::Resolve& resolve, const ledger::Ledger& ledger, Decisions decisions)
        : resolve_(resolve), ledger_(ledger), decisions_(std::move(decisions)) {}
    [[nodiscard]] std::string_view name() const override { return "decide_approval"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    calls::Resolve& resolve_;
    const ledger::Ledger& ledger_;
    Decisions decisions_;
};

namespace api_error {
inline constexpr ErrorCode kApprovalExpired{"approval_expired", ErrorGroup::Conflict,
                                            "This approval was asked for more than a day ago. Ask again.",
                                            "该审批申请已超过一天，请重新发起。"};
inline constexpr ErrorCode kPayoutsNotStopped{"payouts_not_stopped", ErrorGroup::Conflict,
                                              "Payouts in {currency} are not stopped.", "{currency} 的付款并未停止。"};
inline constexpr ErrorCode kOperatorGone{
    "operator_not_active", ErrorGroup::Forbidden,
    "This operator is suspended: nothing was done. What was made or checked in that "
    "name stays; another operator may refuse it, or this one is resumed.",
    "该操作员已停用，未作任何处理。此前以其名义制单或复核的事项保持不变；"
    "可由其他操作员拒绝，或恢复该操作员。"};
}  // namespace api_error

}  // namespace huiqiao::api
