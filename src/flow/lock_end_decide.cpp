// A second person confirms the end of a lock at the very cost that the bank offered, while it stands and while that is
// what is left; or refuses it. What he confirms is told to the bank once, and the rest of the lock is frozen with it.

#include "src/flow/decision.h"
#include "src/flow/lock_end_parts.h"
#include "src/flow/own_transfer_store.h"
#include "src/ledger/available.h"
#include "src/operators/approval.h"

namespace huiqiao::flow {

namespace {

using fx::LockEndEvent;
using ledger::AccountKind;

class DecideWork final : public db::Work {
 public:
    DecideWork(const ConvertParts& parts, std::vector<DecideLockEnd*> items)
        : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        locks_.clear();
        payers_.clear();
        for (const DecideLockEnd* item : items_) {
            const std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, item->end_id);
            locks_.push_back(end ? end->lock_id : "");
            if (end) payers_.insert(end->cny_account);
        }
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : locks_)
            if (!id.empty()) locks.add(fx::kLockLock, id);
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            DecideLockEnd& item = *items_[i];
            if (item.skipped) continue;
            item.error.reset();
            item.decided.reset();
            const Status done =
                locks_[i].empty() ? Error(lock_end_error::kNoEnd, {{"end", item.end_id}}) : decide(group, item);
            if (!done) item.error = done.error();
        }
    }

 private:
    static std::vector<ledger::Account> bridges() {
        const Currency cny = Currency::known("CNY");
        return {ledger::single(AccountKind::DueToOwn, cny), ledger::single(AccountKind::DueFromOwn, cny)};
    }

    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> all = bridges();
        for (const std::string& payer : payers_) all.push_back(ledger::provision(payer, Currency::known("CNY")));
        return all;
    }

    static Status may_decide(db::Group& group, const DecideLockEnd& item, const fx::LockEnd& end,
                             const HeldLockInHand& in_hand) {
        const auto who = operators::OperatorStore::find(group.tx, item.operator_id);
        if (!who || who->state != operators::OperatorState::Active || who->role != operators::Role::Confirmer)
            return Error(operators::operators_error::kMayNotCheck);
        const auto maker = operators::OperatorStore::find(group.tx, end.maker);
        if (!maker) throw LogicError("operator " + end.maker + " is gone");
        if (maker->person_id == who->person_id) return Error(operators::operators_error::kSamePerson);
        if (end.is_look) return Error(lock_end_error::kOnlyLook, {{"end", end.id}});
        if (end.state != fx::LockEndState::Priced && !is_held_back(end, in_hand))
            return Error(lock_end_error::kNotAwaited, {{"end", end.id}, {"state", std::string(to_text(end.state))}});
        return Done{};
    }

    /// What a person typed may be in any currency.
    static bool is_same(const fx::EndCost& typed, const fx::EndCost& offered) {
        const Currency cny = offered.we_pay.currency();
        return typed.we_pay.currency() == cny && typed.we_get.currency() == cny && typed == offered;
    }

    /// What is ours among customers' money: earned and not swept out, less what own funds owe, what other ends and
    /// sweeps that two persons have ordered take of it, and what banks owe us for other ends. All move under the
    /// bridges' locks.
    [[nodiscard]] Money own_money(db::Group& group) const {
        const std::vector<ledger::Account> both = bridges();
        const auto balances = parts_.ledger.balances(group.tx, both);
        return balances.at(both[0].id()).booked - balances.at(both[1].id()).booked -
               fx::LockEndStore::promised(group.tx) - fx::LockEndStore::not_paid(group.tx) -
               OwnTransfers::under_way(group.tx, remittance::Kind::Sweep, both[0].currency);
    }

    Status may_confirm(db::Group& group, const DecideLockEnd& item, const fx::LockEnd& end,
                       const HeldLockInHand& in_hand) const {
        const fx::LockEndBank* bank = end_bank(parts_, end.bank);
        if (bank == nullptr || !bank->traits().can(end.way))
            return Error(lock_end_error::kCannot, {{"bank", end.bank}, {"way", std::string(to_text(end.way))}});
        if (leaves_until(end, in_hand.lock) <= group.now)
            return Error(lock_end_error::kCostOver,
                         {{"end", end.id}, {"until", rfc3339(leaves_until(end, in_hand.lock))}});
        if (!is_same(*item.confirmed, end.cost)) {
            return Error(lock_end_error::kOtherCost,
                         {{"end", end.id}, {"pay", end.cost.we_pay.text()}, {"get", end.cost.we_get.text()}});
        }
        if (!end.to && !item.rate.empty()) {
            return Error(lock_end_error::kNoRate,
                         {{"end", end.id}, {"way", std::string(to_text(end.way))}, {"rate", item.rate}});
        }
        if (end.to && item.rate != end.to->rate.per_one())
            return Error(lock_end_error::kOtherRate, {{"end", end.id}, {"rate", end.to->rate.per_one()}});
        if (const Status may = may_end(group.tx, parts_, in_hand, group.now); !may) return may;
        if (end.to && !drawn_from(parts_, end.bank, *end.to, group.now)) {
            return Error(
                lock_end_error::kNeverDealt,
                {{"end", end.id}, {"until", rfc3339(end.to->expires_at)}, {"date", end.to->value_date.text()}});
        }
        const Money left = fx::left_of(in_hand.lock, in_hand.held);
        if (left != end.amount) {
            return Error(lock_end_error::kMoved, {{"end", end.id},
                                                  {"lock", in_hand.lock.id},
                                                  {"asked", amount_with_currency(end.amount)},
                                                  {"left", amount_with_currency(left)}});
        }
        if (const Money own = own_money(group); end.cost.we_pay > own && end.cost.we_pay.is_positive())
            return Error(lock_end_error::kOwnFunds, {{"cost", end.cost.we_pay.text()}, {"own", own.text()}});
        return is_covered(group, end, in_hand);
    }

    /// What a roll's rest costs at the new rate, and what the end itself costs, is there for it.
    Status is_covered(db::Group& group, const fx::LockEnd& end, const HeldLockInHand& in_hand) const {
        const Money cost = cost_in_all(end);
        if (cost.is_zero()) return Done{};
        const ledger::Account payer = ledger::provision(end.cny_account, cost.currency());
        const Money free =
            ledger::available(parts_.ledger.balances(group.tx, std::span(&payer, 1)), payer) + in_hand.held.cny;
        if (cost <= free) return Done{};
        return Error(lock_end_error::kNotCovered,
                     {{"cost", cost.text()}, {"account", end.cny_account}, {"free", free.text()}});
    }

    /// A margin before the bank's word is over, for the cost or for the lock.
    [[nodiscard]] Instant leaves_until(const fx::LockEnd& end, const fx::Lock& lock) const {
        const Instant by_cost = end.stands_until - parts_.settings.quote_needs;
        return std::min(by_cost, may_leave_until(parts_, lock).value_or(by_cost));
    }

    Status decide(db::Group& group, DecideLockEnd& item) const {
        std::optional<fx::LockEnd> end = fx::LockEndStore::find(group.tx, item.end_id);
        if (!end) throw LogicError("end " + item.end_id + " of a lock is gone");
        HeldLockInHand in_hand = HeldLockInHand::load(group.tx, end->lock_id);
        if (const Status may = may_decide(group, item, *end, in_hand); !may) return may;
        if (is_held_back(*end, in_hand)) {
            if (const Status done = decide_rolled(group, parts_, item, *end, in_hand); !done) return done;
            item.decided = std::move(end);
            return Done{};
        }
        if (item.confirmed) {
            if (const Status may = may_confirm(group, item, *end, in_hand); !may) return may;
            if (const Status held = hold_for_end(group, parts_, in_hand, *end); !held) return held;
        }
        end->checker = item.operator_id;
        end->decided_at = group.now;
        (void)move(*end, item.confirmed ? LockEndEvent::Confirmed : LockEndEvent::Refused);
        parts_.work_items.close(group, kLockEndWaits, end->id, item.confirmed ? "confirmed" : "refused");
        if (item.confirmed) {
            order(group, *end, in_hand);
        } else {
            end->why = item.reason;
            end->over_at = group.now;
            fx::LockEndStore::save(group.tx, *end, std::nullopt);
        }
        item.decided = std::move(end);
        return Done{};
    }

    void order(db::Group& group, const fx::LockEnd& end, HeldLockInHand& in_hand) const {
        in_hand.held.end_id = end.id;
        fx::HeldLockStore::save(group.tx, in_hand.held);
        const Instant until = leaves_until(end, in_hand.lock);
        fx::LockEndStore::save(group.tx, end, until);
        const fx::OrderEnd order{
            .reference = end.reference, .offer_reference = end.offer_reference, .cost = end.cost, .to = end.to};
        const calls::NewCall call{.operation = std::string(kEndCall),
                                  .counterparty = end.bank,
                                  .recovery = calls::Recovery::QueryOnly,
                                  .reference = end.reference,
                                  .request = end_bank(parts_, end.bank)->write(order),
                                  .instructions = {{.subject_kind = std::string(kEndSubject),
                                                    .subject_id = end.id,
                                                    .part_no = 1,
                                                    .reference = end.reference,
                                                    .amount = end.amount}},
                                  .not_before = std::nullopt,
                                  .not_after = until};
        parts_.calls.prepare(group, std::span(&call, 1));
    }

    const ConvertParts& parts_;
    std::vector<DecideLockEnd*> items_;
    std::vector<std::string> locks_;  // by item; empty: there is no such end
    std::set<std::string> payers_;
};

}  // namespace

std::unique_ptr<db::Operation> make_decide_lock_end(const ConvertParts& parts) {
    return std::make_unique<OperationOf<DecideWork, DecideLockEnd, ConvertParts>>(parts, "decide_lock_end");
}

}  // namespace huiqiao::flow
