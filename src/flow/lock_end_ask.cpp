// A dealer asks what it costs to end what is left of a held lock: every reason against it is found before the bank is
// asked. Asking moves no money and binds nobody.

#include "src/flow/lock_end_parts.h"
#include "src/operators/approval.h"

namespace huiqiao::flow {

namespace {

class AskWork final : public db::Work {
 public:
    AskWork(const ConvertParts& parts, std::vector<AskLockEnd*> items) : parts_(parts), items_(std::move(items)) {}

    void lock(db::Locks& locks) override {
        for (const AskLockEnd* item : items_) locks.add(fx::kLockLock, item->lock_id);
    }
    void run(db::Group& group) override {
        for (AskLockEnd* item : items_) {
            if (item->skipped) continue;
            item->error.reset();
            item->asked.reset();
            if (const Status done = ask(group, *item); !done) item->error = done.error();
        }
    }

 private:
    Status check(db::Group& group, const AskLockEnd& item, const HeldLockInHand& in_hand) const {
        const fx::Lock& lock = in_hand.lock;
        const fx::LockEndBank* bank = end_bank(parts_, lock.bank);
        if (bank == nullptr || !bank->traits().can(item.way))
            return Error(lock_end_error::kCannot, {{"bank", lock.bank}, {"way", std::string(fx::to_text(item.way))}});
        const bool is_timed = item.until && *item.until > lock.expires_at;
        if ((item.way == fx::EndWay::Roll) != item.until.has_value() || (item.until && !is_timed))
            return Error(lock_end_error::kUntil, {{"expires", rfc3339(lock.expires_at)}, {"bank", lock.bank}});
        if (const auto open = open_end(group.tx, lock.id)) {
            return Error(lock_end_error::kAlready, {{"end", open->id},
                                                    {"lock", lock.id},
                                                    {"state", std::string(fx::to_text(open->state))},
                                                    {"bank", lock.bank}});
        }
        return may_end(group.tx, parts_, in_hand, group.now);
    }

    Status ask(db::Group& group, AskLockEnd& item) const {
        const auto who = operators::OperatorStore::find(group.tx, item.operator_id);
        if (!who || who->state != operators::OperatorState::Active || who->role != operators::Role::Dealer)
            return Error(operators::operators_error::kMayNotMake);
        const std::optional<fx::Lock> lock = fx::QuoteStore::lock(group.tx, item.lock_id);
        if (!lock) return Error(fx::lock_error::kNoLock, {{"lock", item.lock_id}});
        if (!fx::is_held(*lock)) {
            return Error(lock_end_error::kNotHeld,
                         {{"lock", lock->id}, {"purchase", lock->purchase_id}, {"bank", lock->bank}});
        }
        const HeldLockInHand in_hand = HeldLockInHand::load(group.tx, item.lock_id);
        if (const Status fits = check(group, item, in_hand); !fits) return fits;
        fx::LockEnd end{.id = group.ids.next("lke"),
                        .lock_id = lock->id,
                        .bank = lock->bank,
                        .cny_account = in_hand.held.cny_account,
                        .way = item.way,
                        .is_look = item.is_look,
                        .amount = fx::left_of(*lock, in_hand.held),
                        .state = fx::LockEndState::Asked,
                        .maker = item.operator_id,
                        .checker = "",
                        .reference = group.ids.random_reference("LE"),
                        .offer_reference = "",
                        .bank_reference = "",
                        .cost = {},
                        .charged = {},
                        .why = "",
                        .settled_by = "",
                        .wanted_until = item.until.value_or(Instant{}),
                        .asked_at = group.now};
        fx::LockEndStore::insert(group.tx, end, group.now + kCostAwaited);
        const calls::NewCall call = call_for(end, *lock);
        parts_.calls.prepare(group, std::span(&call, 1));
        item.asked = std::move(end);
        return Done{};
    }

    [[nodiscard]] calls::NewCall call_for(const fx::LockEnd& end, const fx::Lock& lock) const {
        const std::string reference = fx::part_reference(end.reference, 0);
        const fx::AskEndCost asking{
            .reference = reference,
            .lock_reference = lock.bank_reference,
            .way = end.way,
            .amount = end.amount,
            .cny_account = end.cny_account,
            .until = end.way == fx::EndWay::Roll ? std::optional(end.wanted_until) : std::nullopt};
        return calls::NewCall{.operation = std::string(kEndCostCall),
                              .counterparty = end.bank,
                              .recovery = calls::Recovery::QueryOnly,
                              .reference = reference,
                              .request = end_bank(parts_, end.bank)->write(asking),
                              .instructions = {{.subject_kind = std::string(kEndSubject),
                                                .subject_id = end.id,
                                                .part_no = 1,
                                                .reference = reference,
                                                .amount = end.amount}},
                              .not_before = std::nullopt,
                              .not_after = end.asked_at + kCostAwaited};
    }

    const ConvertParts& parts_;
    std::vector<AskLockEnd*> items_;
};

}  // namespace

std::unique_ptr<db::Operation> make_ask_lock_end(const ConvertParts& parts) {
    return std::make_unique<OperationOf<AskWork, AskLockEnd, ConvertParts>>(parts, "ask_lock_end");
}

}  // namespace huiqiao::flow
