#include "src/calls/record_answers.h"

#include <algorithm>

#include "src/base/crash_point.h"
#include "src/base/encoding.h"
#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/base/text.h"
#include "src/calls/call_store.h"
#include "src/calls/states.h"
#include "src/calls/wire_text.h"
#include "src/crypto/hash.h"

namespace huiqiao::calls {

namespace {

constexpr std::size_t kLongestReason = 200;

std::string_view kind_text(WireAnswer::Kind kind) {
    switch (kind) {
        case WireAnswer::Kind::Answered: return "answered";
        case WireAnswer::Kind::NotSent: return "not_sent";
        case WireAnswer::Kind::Unknown: return "unknown";
    }
    throw LogicError("unnamed kind of answer");
}

/// A code of theirs as our column takes it: printable ASCII.
std::string code_text(const std::string& text) {
    std::string code = text.substr(0, 60);
    std::replace_if(
        code.begin(), code.end(), [](char c) { return c < 0x21 || c > 0x7E; }, '?');
    return code;
}

InstructionOutcome target_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::Accepted: return InstructionOutcome::Accepted;
        case Outcome::Confirmed: return InstructionOutcome::Confirmed;
        case Outcome::RejectedFinal: return InstructionOutcome::Rejected;
        case Outcome::NotSent:
        case Outcome::Unknown:
            return is_planted(Bug::UnknownAsFailed) ? InstructionOutcome::Rejected : InstructionOutcome::Unknown;
    }
    throw LogicError("unnamed outcome");
}

class RecordWork final : public db::Work {
 public:
    RecordWork(std::span<const std::shared_ptr<db::Item>> items, const AnswerHandlers& handlers,
               Escalations& escalations, const crypto::Sealer& sealer, Random& random, const CallRules& rules)
        : handlers_(handlers), escalations_(escalations), sealer_(sealer), random_(random), rules_(rules) {
        for (const auto& item : items) items_.push_back(static_cast<RecordItem*>(item.get()));
    }

    void find(db::Reader& reader) override {
        std::map<std::string_view, std::vector<Answered>> by_operation;
        for (const RecordItem* item : items_)
            by_operation[item->claimed.call.operation].push_back({&item->claimed.call, &item->reading});
        for (const auto& [operation, answered] : by_operation) handlers_.of(operation).find_set(reader, answered);
    }
    void claim(db::Claims& claims) override {
        for (const RecordItem* item : items_) handler_of(*item).claim(claims, item->claimed.call, item->reading);
    }
    void lock(db::Locks& locks) override {
        for (const RecordItem* item : items_) {
            locks.add(kCallLock, item->claimed.call.id);
            handler_of(*item).lock(locks, item->claimed.call, item->reading);
        }
    }

    void run(db::Group& group) override {
        std::vector<std::string> ids;
        for (const RecordItem* item : items_) ids.push_back(item->claimed.call.id);
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        std::vector<StoredCall> calls = load_calls(group.tx, ids);
        load_instructions(group.tx, calls);
        std::map<std::string, StoredCall*> by_id;
        std::map<std::string_view, AnswerHandler*> used;  // by operation: the same order in every run
        for (StoredCall& stored : calls) {
            by_id.emplace(stored.call.id, &stored);
            used.emplace(stored.call.operation, &handlers_.of(stored.call.operation));
        }
        for (RecordItem* item : items_) record(group, *by_id.at(item->claimed.call.id), *item);
        std::vector<const StoredCall*> changed;
        for (const StoredCall& stored : calls) changed.push_back(&stored);
        save_calls(group.tx, changed);
        std::vector<InstructionChange> changes;
        for (auto& [instruction, change] : changes_) changes.push_back(change);
        save_instructions(group.tx, changes, group.now);
        insert_answers(group.tx, answers_, passing_);
        // Only now the handlers: one of them may settle an instruction of another call of this group by what it read
        // (a receipt, a statement line), and that must come after the call's own answer, not under it.
        for (const auto& [operation, handler] : used) handler->start(group);
        for (const Effect& effect : effects_) {
            handler_of(*effect.item).apply(group, *effect.call, effect.item->reading, effect.moved);
        }
        for (const auto& [operation, handler] : used) handler->finish(group);
        crash_point("calls.recording");
    }

 private:
    struct Effect {
        const RecordItem* item;
        const Call* call;
        std::vector<Moved> moved;
    };

    [[nodiscard]] AnswerHandler& handler_of(const RecordItem& item) const {
        return handlers_.of(item.claimed.call.operation);
    }

    void record(db::Group& group, StoredCall& stored, RecordItem& item) {
        const bool of_query = item.claimed.kind == Claimed::Kind::Query;
        // The epoch decides, not the time: another worker has taken the call up since.
        item.late = stored.call.epoch != item.claimed.call.epoch;
        keep(group, item, of_query);
        if (item.late) {
            sometimes("an answer after the epoch moved on");
            if (stored.due_at && item.answer.kind == WireAnswer::Kind::Answered &&
                stored.call.state != CallState::Sending && stored.call.state != CallState::Prepared) {
                stored.due_at = group.now;
            }
            tell_contradictions(group, stored, item.reading);
            return;
        }
        if (item.claimed.planned_at && !item.unrecordable && says_nothing(item.reading)) {
            // Asked ahead of its time, only to see whether they answer at all: its own schedule stays as it was.
            --stored.call.queries;
            stored.due_at = item.claimed.planned_at;
            return;
        }
        if (item.answer.kind == WireAnswer::Kind::NotSent || (!of_query && says_not_sent(item.reading)))
            return is_over(stored.call) ? rest(group, stored) : back(group, stored, of_query);
        if (item.unrecordable) escalations_.unrecordable(group, stored.call);
        if (stored.not_sent >= rules_.tell_after_not_sent) escalations_.delivered(group, stored.call);
        stored.not_sent = 0;
        if (!of_query) {
            stored.call.state =
                item.answer.kind == WireAnswer::Kind::Answered ? CallState::Answered : CallState::Unsure;
        }
        apply(group, stored, item, of_query);
        plan(group, stored);
    }

    /// A counterparty that says of every part that it took nothing in (too busy): as if nothing had been sent.
    static bool says_not_sent(const Reading& reading) {
        return !reading.answers.empty() &&
               std::all_of(reading.answers.begin(), reading.answers.end(),
                           [](const auto& each) { return each.outcome == Outcome::NotSent; });
    }

    static bool says_nothing(const Reading& reading) {
        return std::all_of(reading.answers.begin(), reading.answers.end(), [](const auto& each) {
            return each.outcome == Outcome::Unknown || each.outcome == Outcome::NotSent;
        });
    }

    void keep(db::Group& group, const RecordItem& item, bool of_query) {
        const std::string id = group.ids.next("ans");
        const bool passing = !item.unrecordable && handler_of(item).is_passing(item.reading);
        (passing ? passing_ : answers_)
            .add(id, item.claimed.call.id, item.claimed.call.epoch, of_query ? 1 : 0, item.late ? 1 : 0,
                 kind_text(item.answer.kind), item.answer.status, hex(crypto::sha256(item.answer.body)),
                 sealer_.seal({passing ? "passing_answer" : "call_answer", id, "answer"},
                              encode(item.answer, rules_.stored_answer_bytes)),
                 group.now);
    }

    /// Another fact (a receipt, a statement line, persons) settled all of it while it was being tried.
    static bool is_over(const Call& call) {
        return std::all_of(call.instructions.begin(), call.instructions.end(),
                           [](const Instruction& each) { return is_settled(each.outcome); });
    }

    /// Nothing left this time, and nothing is to leave any more.
    void rest(db::Group& group, StoredCall& stored) {
        sometimes("a call is settled while it cannot be sent");
        if (stored.not_sent >= rules_.tell_after_not_sent) escalations_.delivered(group, stored.call);
        stored.not_sent = 0;
        stored.call.state = CallState::Answered;
        stored.due_at.reset();
    }

    /// Proved that nothing left: it waits and is tried again, a query as a query.
    void back(db::Group& group, StoredCall& stored, bool of_query) {
        sometimes("proved that nothing left");
        ++stored.not_sent;
        if (of_query) {
            --stored.call.queries;
        } else {
            stored.call.state = CallState::Prepared;
        }
        const std::int64_t full =
            std::min<std::int64_t>(rules_.longest_pause.count() * 1000,
                                   rules_.first_pause.count() * 1000 << std::min(stored.not_sent - 1, 20));
        const auto drawn = static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(full) + 1));
        stored.due_at = group.now + std::chrono::milliseconds(std::max<std::int64_t>(drawn, 100));
        if (stored.not_sent == rules_.tell_after_not_sent) escalations_.undelivered(group, stored.call);
    }

    void apply(db::Group& group, StoredCall& stored, const RecordItem& item, bool of_query) {
        static const InstructionAnswer nothing_said{};
        std::map<std::string_view, const InstructionAnswer*> said;
        for (const InstructionAnswer& answer : item.reading.answers) said.emplace(answer.reference, &answer);
        std::vector<Moved> moved;
        for (Instruction& instruction : stored.call.instructions) {
            const auto place = said.find(instruction.reference);
            // What was sent and is not named in the answer is unknown; what a query does not name stays.
            if (place == said.end() && (of_query || instruction.outcome != InstructionOutcome::Open)) continue;
            const InstructionAnswer& answer = place == said.end() ? nothing_said : *place->second;
            const InstructionOutcome from = instruction.outcome;
            const InstructionOutcome to = target_of(answer.outcome);
            // A query that brought no news takes nothing back; an escalated one is for persons.
            if (to == InstructionOutcome::Unknown && from != InstructionOutcome::Open) continue;
            if (from == to && to != InstructionOutcome::Accepted) continue;
            if (from != to && (from == InstructionOutcome::Escalated || !may_move(from, to))) {
                if (is_settled(from) && is_settled(to)) escalations_.contradicted(group, stored.call, instruction, to);
                continue;
            }
            instruction.outcome = to;
            if (!answer.their_reference.empty()) instruction.their_reference = cut_text(answer.their_reference, 100);
            moved.push_back({&instruction, from, to, &answer});
            changes_[&instruction] = {&instruction, code_text(answer.reason_code),
                                      cut_text(answer.reason, kLongestReason), answer.amount};
        }
        effects_.push_back({&item, &stored.call, std::move(moved)});
    }

    /// A late answer moves nothing; but where what stands is final and it says otherwise, a person must see it.
    void tell_contradictions(db::Group& group, const StoredCall& stored, const Reading& reading) {
        for (const InstructionAnswer& answer : reading.answers) {
            const InstructionOutcome said = target_of(answer.outcome);
            for (const Instruction& instruction : stored.call.instructions) {
                if (instruction.reference != answer.reference || instruction.outcome == said) continue;
                if (is_settled(instruction.outcome) && is_settled(said))
                    escalations_.contradicted(group, stored.call, instruction, said);
            }
        }
    }

    /// When to look at it next: while something is accepted or unknown, by its handler's schedule.
    void plan(db::Group& group, StoredCall& stored) {
        Call& call = stored.call;
        const auto has = [&](InstructionOutcome outcome) {
            return std::any_of(call.instructions.begin(), call.instructions.end(),
                               [&](const Instruction& each) { return each.outcome == outcome; });
        };
        const bool unknown = has(InstructionOutcome::Unknown);
        stored.due_at.reset();
        if (!unknown && !has(InstructionOutcome::Accepted)) return;
        const AnswerHandler& handler = handlers_.of(call.operation);
        const bool has_query = handler.query(call).has_value();
        // Accepted, and no query exists: another fact (a receipt, a statement) will settle it.
        if (!unknown && !has_query) return;
        const bool resent = !has_query && call.recovery == Recovery::Resendable;
        if (const auto pause = handler.next_query(resent ? call.attempts - 1 : call.queries);
            pause && (has_query || resent)) {
            stored.due_at = group.now + *pause;
            return;
        }
        for (Instruction& instruction : call.instructions) {
            if (instruction.outcome == InstructionOutcome::Accepted) instruction.outcome = InstructionOutcome::Unknown;
            if (instruction.outcome != InstructionOutcome::Unknown) continue;
            instruction.outcome = InstructionOutcome::Escalated;
            changes_.try_emplace(&instruction, InstructionChange{&instruction, "", "", std::nullopt});
            escalations_.escalated(group, call, instruction);
        }
    }

    std::vector<RecordItem*> items_;
    const AnswerHandlers& handlers_;
    Escalations& escalations_;
    const crypto::Sealer& sealer_;
    Random& random_;
    const CallRules& rules_;
    std::map<const Instruction*, InstructionChange> changes_;
    std::vector<Effect> effects_;
    db::Rows answers_;
    db::Rows passing_;
};

}  // namespace

std::unique_ptr<db::Work> RecordAnswers::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<RecordWork>(items, handlers_, escalations_, sealer_, random_, rules_);
}

}  // namespace huiqiao::calls
