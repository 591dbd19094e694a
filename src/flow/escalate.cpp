#include "src/flow/escalate.h"

#include "src/base/sometimes.h"
#include "src/flow/undelivered.h"

namespace huiqiao::flow {

namespace {

std::string what(const calls::Call& call, const calls::Instruction& instruction) {
    return call.operation + " " + instruction.subject_kind + " " + instruction.subject_id + " (" +
           instruction.reference + ")";
}

}  // namespace

void EscalateToOperators::escalated(db::Group& group, const calls::Call& call, const calls::Instruction& instruction) {
    const std::string matter = what(call, instruction);
    sometimes("an outcome stays unknown");
    work_items_.open(group, {"instruction_escalated", "instruction", instruction.id,
                             matter + " at " + call.counterparty + ": outcome unknown after " +
                                 std::to_string(call.queries) + " queries. Two persons must decide.",
                             matter + "（" + call.counterparty + "）查询 " + std::to_string(call.queries) +
                                 " 次后结果仍未知，须由两人裁定。"});
}

void EscalateToOperators::decided(db::Group& group, const calls::Instruction& instruction) {
    sometimes("two persons decide");
    work_items_.close(group, "instruction_escalated", instruction.id, "decided by two persons");
}

void EscalateToOperators::contradicted(db::Group& group, const calls::Call& call, const calls::Instruction& instruction,
                                       calls::InstructionOutcome said) {
    const std::string matter = what(call, instruction);
    const std::string stands(to_text(instruction.outcome));
    sometimes("an answer contradicts what stands");
    work_items_.open(group, {"answer_contradicts", "instruction", instruction.id,
                             call.counterparty + " now says " + std::string(to_text(said)) + " of " + matter +
                                 ", which stands as " + stands + ". Nothing was changed.",
                             call.counterparty + " 对 " + matter + " 的答复为 " + std::string(to_text(said)) +
                                 "，与已有结果 " + stands + " 矛盾；未作任何更改。"});
}

void EscalateToOperators::undelivered(db::Group& group, const calls::Call& call) {
    work_items_.open(group,
                     {std::string(kCallUndelivered), "call", call.id,
                      call.operation + " " + call.reference + " cannot be sent to " + call.counterparty +
                          " for many tries; it is still tried.",
                      call.operation + " " + call.reference + " 多次未能发送至 " + call.counterparty + "，仍在重试。"});
}

void EscalateToOperators::delivered(db::Group& group, const calls::Call& call) {
    sometimes("a call is delivered that was told undelivered");
    work_items_.close(group, kCallUndelivered, call.id, "delivered");
}

void EscalateToOperators::withdrawn(db::Group& group, const calls::Call& call) {
    work_items_.close(group, kCallUndelivered, call.id, "withdrawn unsent");
}

void EscalateToOperators::unrecordable(db::Group& group, const calls::Call& call) {
    work_items_.open(group, {"answer_unrecordable", "call", call.id,
                             "An answer of " + call.counterparty + " to " + call.operation + " " + call.reference +
                                 " could not be booked. It is kept; its outcome counts as unknown.",
                             call.counterparty + " 对 " + call.operation + " " + call.reference +
                                 " 的答复无法入账；原文已保存，结果视为未知。"});
}

}  // namespace huiqiao::flow
