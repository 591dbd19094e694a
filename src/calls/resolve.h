#pragma once
// Two persons say what became of an escalated instruction; its handler books it in the same COMMIT. The two must
// differ (kSamePerson); only Confirmed and Rejected can be said, only of what is escalated (kNotEscalated).

#include <memory>
#include <string>

#include "src/calls/answer_handler.h"
#include "src/calls/call_operations.h"
#include "src/calls/escalations.h"
#include "src/db/write_queue.h"

namespace huiqiao::calls {

struct ResolveItem final : db::Item {
    std::string instruction_id;
    bool confirmed = false;       // else rejected
    std::string their_reference;  // of the proof: the statement line, the bank's letter
    std::string reason;
    std::string maker;
    std::string checker;
    Status done = Done{};  // answer
};

class Resolve final : public db::Operation {
 public:
    Resolve(const AnswerHandlers& handlers, Escalations& escalations)
        : handlers_(handlers), escalations_(escalations) {}
    [[nodiscard]] std::string_view name() const override { return "resolve_instruction"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const AnswerHandlers& handlers_;
    Escalations& escalations_;
};

namespace calls_error {
inline constexpr ErrorCode kSamePerson{"same_person", ErrorGroup::Rule, "Maker and checker must be two persons.",
                                       "制单人与复核人不能为同一人。"};
inline constexpr ErrorCode kNotEscalated{"not_escalated", ErrorGroup::Conflict,
                                         "Instruction {instruction} is not escalated: {outcome}.",
                                         "指令 {instruction} 未处于待人工裁定状态：{outcome}。"};
}  // namespace calls_error

}  // namespace huiqiao::calls
