// A held lock in time: a person is told before it ends while something is left; at its end what was not sent is
// withdrawn, and the rest of its money is free. Where a refused purchase ended the lock before, the others that were
// ordered by it may leave until then, and are withdrawn then. One whose outcome was never known lapses (FX-02).

#include "src/flow/convert_parts.h"
#include "src/flow/decision.h"
#include "src/flow/undelivered.h"

namespace huiqiao::flow {

namespace {

using fx::LockState;

/// A purchase by the lock, as step 1 found it.
struct Draw {
    PurchaseRows rows;
    std::vector<std::string> calls;
};

class EndWork final : public db::Work {
 public:
    EndWork(const ConvertParts& parts, std::vector<EndHeldLock*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        payers_.clear();
        calls_.clear();
        draws_.clear();
        for (const EndHeldLock* item : items_) {
            payers_.push_back(HeldLockInHand::load(reader, item->lock_id).held.cny_account);
            calls_.push_back(calls_of(reader, "fx.lock", "fx_lock", item->lock_id));
            std::map<std::string, Draw> draws;
            for (const std::string& id : fx::PurchaseStore::open_by_lock(reader, item->lock_id))
                draws.emplace(id,
                              Draw{PurchaseRows::find(reader, id), calls_of(reader, "fx.purchase", "purchase", id)});
            draws_.push_back(std::move(draws));
        }
    }
    void claim(db::Claims& claims) override {
        for (const std::string& payer : payers_) parts_.ledger.claim(claims, provision(payer));
        for (const auto& draws : draws_)
            for (const auto& [id, draw] : draws) draw.rows.claim(claims, parts_);
    }
    void lock(db::Locks& locks) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            locks.add(fx::kLockLock, items_[i]->lock_id);
            parts_.ledger.lock(locks, provision(payers_[i]));
            for (const std::string& call : calls_[i]) calls::Calls::lock(locks, call);
            for (const auto& [id, draw] : draws_[i]) {
                for (const std::string& call : draw.calls) calls::Calls::lock(locks, call);
                draw.rows.lock(locks, parts_);
            }
        }
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            HeldLockInHand in_hand = HeldLockInHand::load(group.tx, items_[i]->lock_id);
            items_[i]->ended = false;
            if (in_hand.lock.state == LockState::Locked) {
                promised(group, in_hand, i);
            } else if (!fx::is_live(in_hand.lock.state)) {
                over(group, in_hand.lock, i);
            } else if (in_hand.lock.expires_at <= group.now) {
                end_held_lock(group, parts_, in_hand, fx::LockEvent::TooLate);
                items_[i]->ended = true;
                // What was never sent must not be sent now: nobody would use the lock.
                withdraw_calls(group, calls_[i]);
            }
        }
    }

 private:
    static ledger::Account provision(const std::string& account) {
        return ledger::provision(account, Currency::known("CNY"));
    }
    static std::vector<std::string> calls_of(db::Reader& reader, std::string_view operation, std::string_view kind,
                                             const std::string& subject_id) {
        std::vector<std::string> ids;
        for (const calls::InstructionRow& row :
             calls::Calls::instructions(reader, operation, kind, std::span(&subject_id, 1)))
            ids.push_back(row.call_id);
        return ids;
    }

    void promised(db::Group& group, HeldLockInHand& in_hand, std::size_t i) {
        // The bank is ending it: what it says of that decides, and sets when to look again.
        if (!in_hand.held.end_id.empty()) return fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
        const std::optional<Instant> until = may_leave_until(parts_, in_hand.lock);
        if (!until) return fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
        if (group.now < *until) {
            fx::QuoteStore::save_lock(group.tx, in_hand.lock, until);
            if (group.now >= *until - parts_.settings.alert_before) tell(group, in_hand, *until);
            return;
        }
        if (withdraw_unsent(group, in_hand.lock.id, i))
            return fx::QuoteStore::save_lock(group.tx, in_hand.lock, group.now + kLookAgain);
        in_hand = HeldLockInHand::load(group.tx, in_hand.lock.id);  // what came back to it was written
        end_held_lock(group, parts_, in_hand, fx::LockEvent::TooLate);
        items_[i]->ended = true;
    }

    /// What was ordered by the lock and has not left. True: one is on its way just now, so it is looked at again.
    bool withdraw_unsent(db::Group& group, const std::string& lock_id, std::size_t i) const {
        bool is_looked_at = false;
        for (const std::string& id : fx::PurchaseStore::open_by_lock(group.tx, lock_id)) {
            const auto draw = draws_[i].find(id);
            // Opened since step 1: it is not under lock yet.
            if (draw == draws_[i].end()) {
                is_looked_at = true;
                continue;
            }
            PurchaseInHand drawn = PurchaseInHand::load(group.tx, id);
            is_looked_at =
                withdraw_late(group, parts_, drawn, draw->second.calls) == LateDeal::OnItsWay || is_looked_at;
        }
        return is_looked_at;
    }

    /// Nothing is drawn on it any more; an order by it may leave until its time.
    void over(db::Group& group, const fx::Lock& lock, std::size_t i) const {
        const std::optional<Instant> until = may_leave_until(parts_, lock);
        std::optional<Instant> due;
        if (until && group.now < *until) {
            due = until;
        } else if (until && withdraw_unsent(group, lock.id, i)) {
            due = group.now + kLookAgain;
        }
        fx::QuoteStore::save_lock(group.tx, lock, due);
    }

    void tell(db::Group& group, const HeldLockInHand& in_hand, Instant until) const {
        const fx::Lock& lock = in_hand.lock;
        const std::string left = amount_with_currency(fx::left_of(lock, in_hand.held));
        parts_.work_items.open(
            group,
            operators::NewWorkItem{std::string(kLockExpiring), "fx_lock", lock.id,
                                   "Lock " + lock.id + " of " + lock.bank + " at " + lock.rate.per_one() +
                                       " may be used until " + rfc3339(until) + ", and " + left +
                                       " of it are not drawn. Orders that are funded by then draw on it; after that "
                                       "the bank may charge for what was not used.",
                                   lock.bank + " 的锁汇 " + lock.id + "（汇率 " + lock.rate.per_one() + "）可用至 " +
                                       rfc3339(until) + "，尚有 " + left +
                                       " 未使用。届时之前到账的订单可使用；逾期后银行可能对未用部分收费。"});
    }

    const ConvertParts& parts_;
    std::vector<EndHeldLock*> items_;
    std::vector<std::string> payers_;              // each of an item
    std::vector<std::vector<std::string>> calls_;  // that asked for the lock
    std::vector<std::map<std::string, Draw>> draws_;
};

}  // namespace

std::unique_ptr<db::Operation> make_end_held_lock(const ConvertParts& parts) {
    return std::make_unique<OperationOf<EndWork, EndHeldLock, ConvertParts>>(parts, "end_held_lock");
}

}  // namespace huiqiao::flow
