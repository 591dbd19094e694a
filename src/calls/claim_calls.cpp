#include "src/calls/claim_calls.h"

#include <algorithm>

#include "src/base/crash_point.h"
#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/calls/call_store.h"
#include "src/calls/states.h"

namespace huiqiao::calls {

namespace {

class ClaimWork final : public db::Work {
 public:
    ClaimWork(std::span<const std::shared_ptr<db::Item>> items, const AnswerHandlers& handlers,
              Escalations& escalations, const CallRules& rules)
        : handlers_(handlers), escalations_(escalations), rules_(rules) {
        for (const auto& item : items) items_.push_back(static_cast<ClaimItem*>(item.get()));
    }

    void lock(db::Locks& locks) override {
        for (const ClaimItem* item : items_) locks.add(kCallLock, item->call_id);
    }

    void run(db::Group& group) override {
        std::map<std::string, ClaimItem*> wanted;
        std::vector<std::string> ids;
        for (ClaimItem* item : items_) {
            item->claimed.reset();
            if (wanted.emplace(item->call_id, item).second) ids.push_back(item->call_id);
        }
        std::vector<StoredCall> calls = load_calls(group.tx, ids);
        load_instructions(group.tx, calls);
        std::vector<const StoredCall*> changed;
        changes_.clear();
        for (StoredCall& stored : calls) {
            // Checked again under the lock: another worker may have taken it since it was a candidate.
            ClaimItem& item = *wanted.at(stored.call.id);
            if (!stored.due_at) continue;
            if (*stored.due_at > group.now && !(item.is_ahead && awaits_its_query(stored))) continue;
            take_up(group, stored, item);
            changed.push_back(&stored);
        }
        save_calls(group.tx, changed);
        save_instructions(group.tx, changes_, group.now);
        crash_point("calls.claiming");
    }

 private:
    /// Of one that is not due: nobody asks just now, since a claim puts it off to the end of its lease.
    static bool awaits_its_query(const StoredCall& stored) {
        const CallState state = stored.call.state;
        return (state == CallState::Unsure || state == CallState::Answered) && *stored.due_at != stored.lease_until;
    }

    /// What to do next with a call that is due, by its state; a lease that has run out is due as well.
    void take_up(db::Group& group, StoredCall& stored, ClaimItem& item) {
        Call& call = stored.call;
        switch (call.state) {
            case CallState::Prepared:
                if (call.not_after && *call.not_after < group.now) return withdraw(group, stored);
                return send(group, stored, item);
            case CallState::Sending:
                // Its worker is gone, or too late. What moves money is never sent again: from here it is queried.
                if (call.recovery == Recovery::Resendable || is_planted(Bug::SentAgainAfterCrash)) {
                    sometimes("the lease of a resendable call ran out");
                    call.state = CallState::Prepared;
                    return send(group, stored, item);
                }
                sometimes("the lease of a call that moves money ran out");
                call.state = CallState::Unsure;
                for (Instruction& instruction : call.instructions) move(instruction, InstructionOutcome::Unknown);
                [[fallthrough]];
            case CallState::Unsure:
            case CallState::Answered: return ask(group, stored, item);
            case CallState::Withdrawn: stored.due_at.reset(); return;
        }
    }

    /// Its last instant is over, and it is proved that it never left. What follows of it is its noun's own: whatever
    /// wrote such a call looks at it again by then.
    void withdraw(db::Group& group, StoredCall& stored) {
        sometimes("a call that could not leave in its time");
        stored.call.state = CallState::Withdrawn;
        stored.due_at.reset();
        for (Instruction& instruction : stored.call.instructions) move(instruction, InstructionOutcome::Withdrawn);
        if (stored.not_sent >= rules_.tell_after_not_sent) escalations_.withdrawn(group, stored.call);
    }

    void send(db::Group& group, StoredCall& stored, ClaimItem& item) {
        Call& call = stored.call;
        if (!may_move(call.state, CallState::Sending)) throw LogicError("call " + call.id + " may not be sent");
        call.state = CallState::Sending;
        ++call.attempts;
        lease(group, stored, item);
        item.claimed = Claimed{Claimed::Kind::Send, call, std::nullopt, std::nullopt};
    }

    void ask(db::Group& group, StoredCall& stored, ClaimItem& item) {
        Call& call = stored.call;
        const bool all_settled = std::all_of(call.instructions.begin(), call.instructions.end(), [](const auto& each) {
            return is_settled(each.outcome) || each.outcome == InstructionOutcome::Escalated;
        });
        if (all_settled) {
            stored.due_at.reset();
            return;
        }
        const AnswerHandler& handler = handlers_.of(call.operation);
        std::optional<WireRequest> query = handler.query(call);
        if (query && !is_planted(Bug::BlindRetry)) {
            ++call.queries;
            const std::optional<Instant> planned = *stored.due_at > group.now ? stored.due_at : std::nullopt;
            lease(group, stored, item);
            item.claimed = Claimed{Claimed::Kind::Query, call, std::move(query), planned};
            return;
        }
        if (call.recovery == Recovery::Resendable || is_planted(Bug::BlindRetry)) {
            call.state = CallState::Prepared;
            return send(group, stored, item);
        }
        // Nothing to query with, and never to be sent again: persons decide at once.
        for (Instruction& instruction : call.instructions) {
            if (instruction.outcome != InstructionOutcome::Unknown) continue;
            move(instruction, InstructionOutcome::Escalated);
            escalations_.escalated(group, call, instruction);
        }
        stored.due_at.reset();
    }

    void lease(db::Group& group, StoredCall& stored, const ClaimItem& item) const {
        stored.owner = item.owner;
        ++stored.call.epoch;
        stored.lease_until = group.now + rules_.lease;
        stored.due_at = stored.lease_until;
    }

    void move(Instruction& instruction, InstructionOutcome to) {
        if (!may_move(instruction.outcome, to)) return;
        instruction.outcome = to;
        const auto known = std::find_if(changes_.begin(), changes_.end(), [&](const InstructionChange& each) {
            return each.instruction == &instruction;
        });
        if (known == changes_.end()) changes_.push_back({&instruction, "", "", std::nullopt});
    }

    std::vector<ClaimItem*> items_;
    const AnswerHandlers& handlers_;
    Escalations& escalations_;
    const CallRules& rules_;
    std::vector<InstructionChange> changes_;
};

}  // namespace

std::unique_ptr<db::Work> ClaimCalls::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ClaimWork>(items, handlers_, escalations_, rules_);
}

}  // namespace huiqiao::calls
