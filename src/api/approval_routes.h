#pragma once
// Four eyes over HTTP: a maker proposes an action with its exact content, a checker who is another person approves what
// he saw (by the content's hash) or refuses it; its maker may withdraw it; both end until it is used. Approving carries
// the action out. Actions: resolve_instruction (what became of an escalated instruction), resume_payouts (of a
// currency) and the verbs of src/flow/decision.h, whose content holds a preview of what they will do; all in one COMMIT
// with the approval. And accept_rate (a refused rate becomes the reference). Also lists the stopped currencies.
// Approvals end after a day. What could not be carried out may be approved again: the approval is used once, by what
// succeeded.

#include "src/api/approval_content.h"
#include "src/api/approve_operations.h"
#include "src/api/operator_api.h"
#include "src/flow/convert.h"

namespace huiqiao::api {

class ApprovalRoutes {
 public:
    ApprovalRoutes(OperatorApi& api, calls::Resolve& resolve, const ledger::Ledger& ledger, flow::Convert& convert,
                   const crypto::Sealer& sealer, Decisions decisions);
    void add_to(http::Router& router);

 private:
    http::Response propose(const OperatorCall& call);
    /// What cannot be carried out as things stand is refused before anybody is asked to release it.
    Status check_proposal(const OperatorCall& call, const flow::Decision* decision, AskItem& item,
                          const RateAsked& rate);
    http::Response list(const OperatorCall& call);
    http::Response read(const OperatorCall& call);
    http::Response approve(const OperatorCall& call);
    /// The decision itself, released or refused, in one COMMIT with its answer.
    http::Response decide(const OperatorCall& call, const std::shared_ptr<DecideItem>& item);
    http::Response refuse(const OperatorCall& call);
    http::Response withdraw(const OperatorCall& call);
    /// Both: with a reason, and nothing is carried out.
    http::Response end(const OperatorCall& call, Verdict verdict);
    /// Stopped currencies with the reason.
    std::map<std::string, std::string> stops();
    http::Response payout_stops(const OperatorCall& call);
    http::Response accept_rate(const OperatorCall& call, const operators::Approval& approval);

    OperatorApi& api_;
    const ledger::Ledger& ledger_;
    flow::Convert& convert_;
    const Decisions decisions_;
    AskOperation ask_;
    DecideOperation decide_;
    RecordedOperation recorded_ask_;
    RecordedOperation recorded_decide_;
};

}  // namespace huiqiao::api
