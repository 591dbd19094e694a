#include "src/calls/resolve.h"

#include <algorithm>
#include <map>

#include "src/calls/call_store.h"
#include "src/calls/states.h"

namespace huiqiao::calls {

namespace {

class ResolveWork final : public db::Work {
 public:
    ResolveWork(std::span<const std::shared_ptr<db::Item>> items, const AnswerHandlers& handlers,
                Escalations& escalations)
        : handlers_(handlers), escalations_(escalations) {
        for (const auto& item : items) cases_.push_back({static_cast<ResolveItem*>(item.get()), {}, {}});
    }

    void find(db::Reader& reader) override {
        for (Case& each : cases_) {
            const auto rows = find_instructions(reader, std::span(&each.item->instruction_id, 1));
            if (rows.empty()) continue;
            const std::string& call_id = rows.front().call_id;
            std::vector<StoredCall> calls = load_calls(reader, std::span(&call_id, 1));
            load_instructions(reader, calls);
            each.call = std::move(calls.at(0));
            each.reading.answers.push_back({rows.front().instruction.reference,
                                            each.item->confirmed ? Outcome::Confirmed : Outcome::RejectedFinal,
                                            each.item->their_reference, std::nullopt, "resolved", each.item->reason});
            const Answered answered{&each.call->call, &each.reading};
            handler(each).find_set(reader, std::span(&answered, 1));
        }
    }
    void claim(db::Claims& claims) override {
        for (Case& each : cases_) {
            if (each.call) handler(each).claim(claims, each.call->call, each.reading);
        }
    }
    void lock(db::Locks& locks) override {
        for (Case& each : cases_) {
            if (!each.call) continue;
            locks.add(kCallLock, each.call->call.id);
            handler(each).lock(locks, each.call->call, each.reading);
        }
    }
    void run(db::Group& group) override {
        for (Case& each : cases_) each.item->done = resolve(group, each);
    }

 private:
    struct Case {
        ResolveItem* item;
        std::optional<StoredCall> call;
        Reading reading;
    };

    [[nodiscard]] AnswerHandler& handler(const Case& each) const { return handlers_.of(each.call->call.operation); }

    Status resolve(db::Group& group, Case& each) {
        const ResolveItem& item = *each.item;
        if (item.maker.empty() || item.checker.empty() || item.maker == item.checker)
            return Error(calls_error::kSamePerson);
        const auto not_escalated = [&](std::string_view outcome) {
            return Error(calls_error::kNotEscalated,
                         {{"instruction", item.instruction_id}, {"outcome", std::string(outcome)}});
        };
        if (!each.call) return not_escalated("absent");
        const std::string call_id = each.call->call.id;
        std::vector<StoredCall> calls = load_calls(group.tx, std::span(&call_id, 1));
        load_instructions(group.tx, calls);
        auto& instructions = calls.at(0).call.instructions;
        const auto place = std::find_if(instructions.begin(), instructions.end(),
                                        [&](const Instruction& known) { return known.id == item.instruction_id; });
        if (place->outcome != InstructionOutcome::Escalated) return not_escalated(to_text(place->outcome));
        const InstructionOutcome to = item.confirmed ? InstructionOutcome::Confirmed : InstructionOutcome::Rejected;
        place->outcome = to;
        if (!item.their_reference.empty()) place->their_reference = item.their_reference;
        const InstructionChange change{&*place, "resolved", item.maker + " and " + item.checker + ": " + item.reason,
                                       std::nullopt};
        const Moved moved{&*place, InstructionOutcome::Escalated, to, &each.reading.answers.front()};
        handler(each).start(group);
        handler(each).apply(group, calls.at(0).call, each.reading, std::span(&moved, 1));
        handler(each).finish(group);
        save_instructions(group.tx, std::span(&change, 1), group.now);
        escalations_.decided(group, *place);
        return Done{};
    }

    const AnswerHandlers& handlers_;
    Escalations& escalations_;
    std::vector<Case> cases_;
};

}  // namespace

std::unique_ptr<db::Work> Resolve::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ResolveWork>(items, handlers_, escalations_);
}

}  // namespace huiqiao::calls
