#pragma once
// The operation that records what came back (call_operations.h). Only this room includes it.

#include "src/calls/call_operations.h"

namespace huiqiao::calls {

class RecordAnswers final : public db::Operation {
 public:
    RecordAnswers(const AnswerHandlers& handlers, Escalations& escalations, const crypto::Sealer& sealer,
                  Random& random, const CallRules& rules)
        : handlers_(handlers), escalations_(escalations), sealer_(sealer), random_(random), rules_(rules) {}
    [[nodiscard]] std::string_view name() const override { return "record_answers"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const AnswerHandlers& handlers_;
    Escalations& escalations_;
    const crypto::Sealer& sealer_;
    Random& random_;
    const CallRules& rules_;
};

}  // namespace huiqiao::calls
