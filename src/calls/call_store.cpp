#include "src/calls/call_store.h"

#include "src/calls/states.h"

namespace huiqiao::calls {

namespace {

constexpr db::Insert kCallInsert{
    "external_call",
    "id, operation, counterparty, recovery, reference, state, created_at, request_hash, request, due_at, not_after",
    "ttttttittII"};
constexpr db::Insert kInstructionInsert{
    "instruction",
    "id, call_id, operation, subject_kind, subject_id, part_no, open_slot, reference, outcome, currency, amount_minor, "
    "changed_at",
    "tttttiItttii"};
constexpr db::Insert kAnswerInsert{
    "call_answer", "id, call_id, epoch, of_query, late, kind, status, answer_hash, answer, received_at", "ttiiititti"};
constexpr db::Insert kPassingInsert{
    "passing_answer", "id, call_id, epoch, of_query, late, kind, status, answer_hash, answer, received_at",
    "ttiiititti"};
constexpr db::Select kOfSubjects{
    "SELECT id, call_id, subject_kind, subject_id, part_no, reference, their_reference, outcome FROM instruction "
    "WHERE operation = :p1 AND subject_kind = :p2 AND subject_id IN (:list) ORDER BY id",
    "ttttittt"};
constexpr db::Select kInstructionsById{
    "SELECT id, call_id, subject_kind, subject_id, part_no, reference, their_reference, outcome FROM instruction "
    "WHERE id IN (:list)",
    "ttttittt"};
constexpr db::Select kCalls{
    "SELECT id, operation, counterparty, recovery, reference, state, owner, epoch, lease_until, attempts, queries, "
    "not_sent, created_at, due_at, not_after FROM external_call WHERE id IN (:list)",
    "tttttttiiiiiiII"};
constexpr db::Select kInstructions{
    "SELECT id, call_id, subject_kind, subject_id, part_no, reference, their_reference, outcome FROM instruction "
    "WHERE call_id IN (:list) ORDER BY call_id, id",
    "ttttittt"};
constexpr db::Select kDue{
    "SELECT id FROM external_call WHERE counterparty = :p1 AND due_at <= :p2 ORDER BY due_at LIMIT :p3", "t"};
// What moves money and was sent is only queried, also where its lease ran out.
constexpr db::Select kDueQuery{
    "SELECT id FROM external_call WHERE counterparty = :p1 AND due_at <= :p2 AND (state IN ('unsure', 'answered') OR "
    "(state = 'sending' AND recovery = 'query_only')) ORDER BY due_at LIMIT 1",
    "t"};
constexpr db::Select kDueQuestion{
    "SELECT id FROM external_call WHERE counterparty = :p1 AND due_at <= :p2 AND recovery = 'resendable' "
    "ORDER BY due_at LIMIT 1",
    "t"};
// Not those that a worker holds just now. Asked longest ago first, so that one query that is never answered does not
// keep the others from being tried.
constexpr db::Select kLaterQuery{
    "SELECT id FROM external_call WHERE counterparty = :p1 AND due_at > :p2 AND due_at <> lease_until AND "
    "state IN ('unsure', 'answered') ORDER BY recovery, lease_until, id LIMIT 1",
    "t"};
constexpr db::Select kRequests{"SELECT id, request FROM external_call WHERE id IN (:list)", "tt"};
constexpr db::Update kCallUpdate{"external_call", "id",
                                 "state, owner, epoch, lease_until, attempts, queries, not_sent, due_at", "tttiiiiiI"};
constexpr db::Update kInstructionUpdate{
    "instruction", "id", "open_slot, their_reference, outcome, confirmed_minor, reason_code, reason, changed_at",
    "tIttitti"};

std::vector<InstructionRow> rows_of(const db::Found& found) {
    std::vector<InstructionRow> rows(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        rows[row].call_id = found.text(row, 1);
        Instruction& instruction = rows[row].instruction;
        instruction.id = found.text(row, 0);
        instruction.subject_kind = found.text(row, 2);
        instruction.subject_id = found.text(row, 3);
        instruction.part_no = static_cast<int>(found.integer(row, 4));
        instruction.reference = found.text(row, 5);
        instruction.their_reference = found.text(row, 6);
        instruction.outcome = instruction_outcome_from_text(found.text(row, 7));
    }
    return rows;
}

}  // namespace

void insert_calls(db::Tx& tx, const db::Rows& calls, const db::Rows& instructions) {
    if (calls.empty()) return;
    tx.insert(kCallInsert, calls);
    tx.insert(kInstructionInsert, instructions);
}

void insert_answers(db::Tx& tx, const db::Rows& answers, const db::Rows& passing) {
    if (!answers.empty()) tx.insert(kAnswerInsert, answers);
    if (!passing.empty()) tx.insert(kPassingInsert, passing);
}

std::vector<InstructionRow> load_instructions_of(db::Reader& reader, std::string_view operation,
                                                 std::string_view subject_kind,
                                                 std::span<const std::string> subject_ids) {
    if (subject_ids.empty()) return {};
    return rows_of(reader.select(kOfSubjects, {operation, subject_kind}, subject_ids));
}

std::vector<InstructionRow> find_instructions(db::Reader& reader, std::span<const std::string> ids) {
    if (ids.empty()) return {};
    return rows_of(reader.select(kInstructionsById, {}, ids));
}

std::vector<StoredCall> load_calls(db::Reader& reader, std::span<const std::string> ids) {
    if (ids.empty()) return {};
    const db::Found found = reader.select(kCalls, {}, ids);
    std::vector<StoredCall> calls(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        StoredCall& stored = calls[row];
        stored.call.id = found.text(row, 0);
        stored.call.operation = found.text(row, 1);
        stored.call.counterparty = found.text(row, 2);
        stored.call.recovery = recovery_from_text(found.text(row, 3));
        stored.call.reference = found.text(row, 4);
        stored.call.state = call_state_from_text(found.text(row, 5));
        stored.owner = found.text(row, 6);
        stored.call.epoch = found.integer(row, 7);
        stored.lease_until = from_us(found.integer(row, 8));
        stored.call.attempts = static_cast<int>(found.integer(row, 9));
        stored.call.queries = static_cast<int>(found.integer(row, 10));
        stored.not_sent = static_cast<int>(found.integer(row, 11));
        stored.call.created_at = from_us(found.integer(row, 12));
        if (!found.is_null(row, 13)) stored.due_at = from_us(found.integer(row, 13));
        if (!found.is_null(row, 14)) stored.call.not_after = from_us(found.integer(row, 14));
    }
    return calls;
}

void load_instructions(db::Reader& reader, std::span<StoredCall> calls) {
    if (calls.empty()) return;
    std::map<std::string, StoredCall*> by_id;
    std::vector<std::string> ids;
    for (StoredCall& stored : calls) {
        by_id.emplace(stored.call.id, &stored);
        ids.push_back(stored.call.id);
        stored.call.instructions.clear();
    }
    for (InstructionRow& row : rows_of(reader.select(kInstructions, {}, ids))) {
        by_id.at(row.call_id)->call.instructions.push_back(std::move(row.instruction));
    }
}

void save_calls(db::Tx& tx, std::span<const StoredCall* const> calls) {
    if (calls.empty()) return;
    db::Rows rows;
    for (const StoredCall* stored : calls) {
        const Call& call = stored->call;
        rows.add(call.id, to_text(call.state), stored->owner, call.epoch, stored->lease_until, call.attempts,
                 call.queries, stored->not_sent, stored->due_at ? db::Value(*stored->due_at) : db::Value());
    }
    tx.update(kCallUpdate, rows);
}

void save_instructions(db::Tx& tx, std::span<const InstructionChange> changes, Instant now) {
    if (changes.empty()) return;
    db::Rows rows;
    for (const InstructionChange& change : changes) {
        const Instruction& instruction = *change.instruction;
        rows.add(instruction.id, holds_slot(instruction.outcome) ? db::Value(1) : db::Value(),
                 instruction.their_reference, to_text(instruction.outcome),
                 change.confirmed ? change.confirmed->minor() : 0, change.reason_code, change.reason, now);
    }
    tx.update(kInstructionUpdate, rows);
}

std::vector<Candidate> due_calls(db::Reader& reader, std::string_view counterparty, Instant now, int limit) {
    const db::Found found = reader.select(kDue, {counterparty, now, limit});
    std::vector<Candidate> candidates(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) candidates[row].id = found.text(row, 0);
    return candidates;
}

std::optional<Candidate> least_harmful(db::Reader& reader, std::string_view counterparty, Instant now) {
    std::vector<Candidate> oldest = due_calls(reader, counterparty, now, 1);
    if (oldest.empty()) return std::nullopt;
    for (const db::Select* select : {&kDueQuery, &kDueQuestion, &kLaterQuery}) {
        const db::Found found = reader.select(*select, {counterparty, now});
        if (!found.empty()) return Candidate{found.text(0, 0), select == &kLaterQuery};
    }
    return oldest.front();
}

std::map<std::string, std::string> load_requests(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, std::string> requests;
    if (ids.empty()) return requests;
    const db::Found found = reader.select(kRequests, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) requests.emplace(found.text(row, 0), found.text(row, 1));
    return requests;
}

}  // namespace huiqiao::calls
