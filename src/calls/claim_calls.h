#pragma once
// The operation that claims due calls (call_operations.h). Only this room includes it.

#include "src/calls/call_operations.h"

namespace huiqiao::calls {

class ClaimCalls final : public db::Operation {
 public:
    ClaimCalls(const AnswerHandlers& handlers, Escalations& escalations, const CallRules& rules)
        : handlers_(handlers), escalations_(escalations), rules_(rules) {}
    [[nodiscard]] std::string_view name() const override { return "claim_calls"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const AnswerHandlers& handlers_;
    Escalations& escalations_;
    const CallRules& rules_;
};

}  // namespace huiqiao::calls
