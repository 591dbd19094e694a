#pragma once
// What the calls room needs a person for, as work items.

#include "src/calls/escalations.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

class EscalateToOperators final : public calls::Escalations {
 public:
    explicit EscalateToOperators(const operators::WorkItems& work_items) : work_items_(work_items) {}
    void escalated(db::Group& group, const calls::Call& call, const calls::Instruction& instruction) override;
    void decided(db::Group& group, const calls::Instruction& instruction) override;
    void contradicted(db::Group& group, const calls::Call& call, const calls::Instruction& instruction,
                      calls::InstructionOutcome said) override;
    void undelivered(db::Group& group, const calls::Call& call) override;
    void delivered(db::Group& group, const calls::Call& call) override;
    void withdrawn(db::Group& group, const calls::Call& call) override;
    void unrecordable(db::Group& group, const calls::Call& call) override;

 private:
    const operators::WorkItems& work_items_;
};

}  // namespace huiqiao::flow
