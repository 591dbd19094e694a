#pragma once
// Rows of calls, instructions and answers. Only this room uses it. A call's row is changed under its lock; its
// instructions are changed under the lock of their call.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/calls/calls.h"
#include "src/calls/external_call.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::calls {

inline constexpr db::LockTable kCallLock{db::lock_rank::kExternalCall,
                                         "SELECT id FROM external_call WHERE id IN (:list) ORDER BY id"};

/// A call as its row stands, with what only this room looks at.
struct StoredCall {
    Call call;
    std::string owner;
    Instant lease_until{};
    int not_sent = 0;  // tries that proved to have sent nothing, in a row
    std::optional<Instant> due_at;
};

/// Columns as the .cpp names them.
void insert_calls(db::Tx& tx, const db::Rows& calls, const db::Rows& instructions);
void insert_answers(db::Tx& tx, const db::Rows& answers, const db::Rows& passing);

std::vector<StoredCall> load_calls(db::Reader& reader, std::span<const std::string> ids);
/// By call id, in order of their making.
void load_instructions(db::Reader& reader, std::span<StoredCall> calls);
void save_calls(db::Tx& tx, std::span<const StoredCall* const> calls);
/// Writes outcome, their reference, reason and the open slot.
struct InstructionChange {
    const Instruction* instruction;
    std::string reason_code;
    std::string reason;
    std::optional<Money> confirmed;
};
void save_instructions(db::Tx& tx, std::span<const InstructionChange> changes, Instant now);

/// What one counterparty's worker may take up.
struct Candidate {
    std::string id;
    bool is_ahead = false;  // of its time: not due yet
};
/// Oldest due first.
std::vector<Candidate> due_calls(db::Reader& reader, std::string_view counterparty, Instant now, int limit);
/// By which to try whether a silent counterparty is back: of all that is due the one that harms least, a query before a
/// question before money (XCT-10). Where money alone is due, what is of unknown fate comes ahead of its time, so that
/// money is the try only where nothing can be asked. nullopt where nothing is due. Reads the counterparty's open calls
/// by index, once a try.
std::optional<Candidate> least_harmful(db::Reader& reader, std::string_view counterparty, Instant now);
/// Sealed requests by call id.
std::map<std::string, std::string> load_requests(db::Reader& reader, std::span<const std::string> ids);

std::vector<InstructionRow> load_instructions_of(db::Reader& reader, std::string_view operation,
                                                 std::string_view subject_kind,
                                                 std::span<const std::string> subject_ids);
std::vector<InstructionRow> find_instructions(db::Reader& reader, std::span<const std::string> ids);

CallState call_state_from_text(std::string_view text);
Recovery recovery_from_text(std::string_view text);
InstructionOutcome instruction_outcome_from_text(std::string_view text);

}  // namespace huiqiao::calls
