#pragma once
// What the calls room needs a person for. Flow implements it with work items; called inside write groups.

#include <span>
#include <string_view>

#include "src/calls/external_call.h"
#include "src/db/write_queue.h"

namespace huiqiao::calls {

class Escalations {
 public:
    virtual ~Escalations() = default;
    /// Its outcome stayed unknown for longer than its handler queries: two persons decide (resolve.h).
    virtual void escalated(db::Group& group, const Call& call, const Instruction& instruction) = 0;
    /// Two persons decided on what was escalated: nobody else needs to.
    virtual void decided(db::Group&, const Instruction&) {}
    /// An answer says otherwise than what stands and is final (a rejection after a confirmation). Nothing was changed.
    virtual void contradicted(db::Group& group, const Call& call, const Instruction& instruction,
                              InstructionOutcome said) = 0;
    /// Could not be sent for many tries; it is still tried, at growing intervals.
    virtual void undelivered(db::Group& group, const Call& call) = 0;
    /// What was told so has got through: in the group that records how.
    virtual void delivered(db::Group&, const Call&) {}
    /// What was told so is withdrawn unsent.
    virtual void withdrawn(db::Group&, const Call&) {}
    /// What an answer of it means could not be booked. The answer is kept, and counts as if it had said nothing.
    virtual void unrecordable(db::Group& group, const Call& call) = 0;
};

}  // namespace huiqiao::calls
