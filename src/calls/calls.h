#pragma once
// Preparing calls inside a write group, and closing them by persons. Sending is the call worker's (call_worker.h).
// Invariant: at most one open, accepted, unknown, escalated or confirmed instruction a (operation, subject, part):
// the database forbids a second (open_slot).

#include <span>
#include <string>
#include <vector>

#include "src/calls/external_call.h"
#include "src/crypto/sealer.h"
#include "src/db/write_queue.h"

namespace huiqiao::calls {

/// An outcome that became known by another way than an answer: a statement line, a receipt, a person at the bank.
struct OutsideFact {
    std::string instruction_id;
    InstructionOutcome outcome = InstructionOutcome::Confirmed;
    std::string their_reference;
};

/// A call with its id, its request hashed and sealed already: all that needs no database.
struct SealedCall {
    std::string id;
    std::string request_hash;
    std::string sealed_request;
    NewCall call;  // without its request
};

struct InstructionRow {
    std::string call_id;
    Instruction instruction;
};

class Calls {
 public:
    explicit Calls(const crypto::Sealer& sealer) : sealer_(sealer) {}

    /// Writes the calls and their instructions in this group, by multi-row statements; requests are sealed, since they
    /// hold personal data. Returns call ids in order.
    std::vector<std::string> prepare(db::Group& group, std::span<const NewCall> calls) const;
    /// The same in two steps, for callers that have a call before their group begins: sealing costs the writer nothing
    /// then. seal: pure, any thread.
    [[nodiscard]] SealedCall seal(IdSource& ids, NewCall call) const;
    static void prepare(db::Group& group, std::span<const SealedCall* const> calls);

    /// All instructions of these subjects, of every part and attempt, oldest first. For step 1: ids and calls never
    /// change, outcomes do.
    static std::vector<InstructionRow> instructions(db::Reader& reader, std::string_view operation,
                                                    std::string_view subject_kind,
                                                    std::span<const std::string> subject_ids);
    /// Step 4 of a group that withdraws a call or settles its instructions.
    static void lock(db::Locks& locks, const std::string& call_id);
    /// Prepared ones become withdrawn, and their instructions; the ids of those that did. The others may have left.
    static std::vector<std::string> withdraw(db::Group& group, std::span<const std::string> call_ids);
    /// Moves instructions of locked calls as the table allows and stops their queries; a fact that does not fit changes
    /// nothing. The ids of the calls that rest now. The books are the caller's: no handler is asked.
    static std::vector<std::string> settle(db::Group& group, std::span<const OutsideFact> facts);

 private:
    const crypto::Sealer& sealer_;
};

}  // namespace huiqiao::calls
