#include "src/calls/calls.h"

#include <algorithm>
#include <map>

#include "src/calls/call_store.h"
#include "src/calls/states.h"
#include "src/calls/wire_text.h"

namespace huiqiao::calls {

namespace {

/// Loads the calls of these ids with their instructions, under the locks that the caller took in step 4.
std::vector<StoredCall> load_whole(db::Reader& reader, std::span<const std::string> ids) {
    std::vector<StoredCall> calls = load_calls(reader, ids);
    load_instructions(reader, calls);
    return calls;
}

}  // namespace

SealedCall Calls::seal(IdSource& ids, NewCall call) const {
    if (call.instructions.empty()) throw LogicError("a call without an instruction: " + call.operation);
    // What may have been sent before cannot be withdrawn for being late.
    if (call.not_after && call.recovery != Recovery::QueryOnly)
        throw LogicError("a resendable call with a last instant: " + call.operation);
    SealedCall sealed{ids.next("call"), "", "", {}};
    const std::string request = encode(call.request);
    sealed.request_hash = hash_of_encoded(request);
    sealed.sealed_request = sealer_.seal({"external_call", sealed.id, "request"}, request);
    call.request = {};
    sealed.call = std::move(call);
    return sealed;
}

std::vector<std::string> Calls::prepare(db::Group& group, std::span<const NewCall> calls) const {
    std::vector<std::string> ids;
    std::vector<SealedCall> sealed;
    sealed.reserve(calls.size());
    std::vector<const SealedCall*> all;
    for (const NewCall& call : calls) {
        sealed.push_back(seal(group.ids, call));
        all.push_back(&sealed.back());
        ids.push_back(sealed.back().id);
    }
    prepare(group, all);
    return ids;
}

void Calls::prepare(db::Group& group, std::span<const SealedCall* const> calls) {
    if (calls.empty()) return;
    db::Rows call_rows;
    db::Rows instruction_rows;
    for (const SealedCall* sealed : calls) {
        const NewCall& call = sealed->call;
        call_rows.add(sealed->id, call.operation, call.counterparty, to_text(call.recovery), call.reference,
                      to_text(CallState::Prepared), group.now, sealed->request_hash, sealed->sealed_request,
                      call.not_before.value_or(group.now), call.not_after ? db::Value(*call.not_after) : db::Value());
        for (const NewInstruction& instruction : call.instructions) {
            instruction_rows.add(group.ids.next("ins"), sealed->id, call.operation, instruction.subject_kind,
                                 instruction.subject_id, instruction.part_no, 1, instruction.reference,
                                 to_text(InstructionOutcome::Open),
                                 instruction.amount ? instruction.amount->currency().code() : std::string_view(),
                                 instruction.amount ? instruction.amount->minor() : 0, group.now);
        }
    }
    insert_calls(group.tx, call_rows, instruction_rows);
}

std::vector<InstructionRow> Calls::instructions(db::Reader& reader, std::string_view operation,
                                                std::string_view subject_kind,
                                                std::span<const std::string> subject_ids) {
    return load_instructions_of(reader, operation, subject_kind, subject_ids);
}

void Calls::lock(db::Locks& locks, const std::string& call_id) {
    locks.add(kCallLock, call_id);
}

std::vector<std::string> Calls::withdraw(db::Group& group, std::span<const std::string> call_ids) {
    std::vector<StoredCall> calls = load_whole(group.tx, call_ids);
    std::vector<std::string> withdrawn;
    std::vector<const StoredCall*> changed;
    std::vector<InstructionChange> changes;
    for (StoredCall& stored : calls) {
        if (!may_move(stored.call.state, CallState::Withdrawn)) continue;
        // A resendable call may have been sent before: only what never left is withdrawn.
        if (stored.call.attempts > stored.not_sent) continue;
        stored.call.state = CallState::Withdrawn;
        stored.due_at.reset();
        for (Instruction& instruction : stored.call.instructions) {
            if (!may_move(instruction.outcome, InstructionOutcome::Withdrawn)) continue;
            instruction.outcome = InstructionOutcome::Withdrawn;
            changes.push_back({&instruction, "", "", std::nullopt});
        }
        changed.push_back(&stored);
        withdrawn.push_back(stored.call.id);
    }
    save_calls(group.tx, changed);
    save_instructions(group.tx, changes, group.now);
    return withdrawn;
}

std::vector<std::string> Calls::settle(db::Group& group, std::span<const OutsideFact> facts) {
    if (facts.empty()) return {};
    std::vector<std::string> instruction_ids;
    for (const OutsideFact& fact : facts) instruction_ids.push_back(fact.instruction_id);
    std::vector<std::string> call_ids;
    for (InstructionRow& row : find_instructions(group.tx, instruction_ids)) call_ids.push_back(std::move(row.call_id));
    std::sort(call_ids.begin(), call_ids.end());
    call_ids.erase(std::unique(call_ids.begin(), call_ids.end()), call_ids.end());

    std::vector<StoredCall> calls = load_whole(group.tx, call_ids);
    std::map<std::string, Instruction*> by_id;
    for (StoredCall& stored : calls)
        for (Instruction& instruction : stored.call.instructions) by_id.emplace(instruction.id, &instruction);
    std::vector<InstructionChange> changes;
    for (const OutsideFact& fact : facts) {
        const auto place = by_id.find(fact.instruction_id);
        if (place == by_id.end() || !may_move(place->second->outcome, fact.outcome)) continue;
        place->second->outcome = fact.outcome;
        if (!fact.their_reference.empty()) place->second->their_reference = fact.their_reference;
        changes.push_back({place->second, "", "", std::nullopt});
    }
    std::vector<std::string> resting;
    std::vector<const StoredCall*> changed;
    for (StoredCall& stored : calls) {
        const bool rests = std::all_of(stored.call.instructions.begin(), stored.call.instructions.end(),
                                       [](const Instruction& each) { return is_settled(each.outcome); });
        // A call under way keeps its lease: its answer will find nothing left to move.
        if (!rests || stored.call.state == CallState::Sending) continue;
        stored.due_at.reset();
        changed.push_back(&stored);
        resting.push_back(stored.call.id);
    }
    save_calls(group.tx, changed);
    save_instructions(group.tx, changes, group.now);
    return resting;
}

}  // namespace huiqiao::calls
