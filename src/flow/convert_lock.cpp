// Locks: a confirmed one orders the purchase in the same COMMIT; one that is refused, too late, worse than its quote or
// far better gives the orders' money back; one whose outcome is never known lapses when no lock of that bank could
// still live (FX-02). A lock moves no money (FX-01).

#include "fx/lock_view.h"
#include "fx/word_of_bank.h"
#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/agreed_price.h"
#include "src/flow/convert_parts.h"
#include "src/flow/phone_parts.h"
#include "src/flow/undelivered.h"
#include "src/parties/merchant.h"

#include <algorithm>
#include <array>

namespace huiqiao::flow {

namespace {

using fx::LockEvent;
using fx::LockState;

/// Moves the lock on, and gives the purchase back where it can no longer be bought by it.
void lose_lock(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, LockEvent event) {
    const std::optional<LockState> to = fx::next(in_hand.lock.state, event);
    if (!to) return;
    in_hand.lock.state = *to;
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
    if (const auto state = fx::next(in_hand.purchase.state, fx::PurchaseEvent::LockLost)) {
        give_back(group, parts, in_hand, *state);
    }
}

class LockHandler final : public calls::AnswerHandler {
 public:
    explicit LockHandler(const ConvertParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view operation() const override { return "fx.lock"; }

    [[nodiscard]] std::optional<WireRequest> query(const calls::Call& call) const override {
        return parts_.bank(call.counterparty).write(fx::AskLock{call.reference});
    }
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool of_query) const override {
        fx::LockReading reading = parts_.bank(call.counterparty).read_lock(call.reference, answer, of_query);
        InstructionAnswer told = reading.answer;
        return calls::Reading{{std::move(told)}, std::move(reading)};
    }

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading& reading) override {
        const fx::Lock asked = lock_of(reader, call);
        if (!fx::is_held(asked)) {
            PurchaseRows rows = PurchaseRows::find(reader, asked.purchase_id);
            // No worse than it was asked for, it is what was compared with the agreed prices.
            const auto* told = std::any_cast<fx::LockReading>(&reading.details);
            if (told != nullptr && told->rate && told->rate->rate_e10() > asked.rate.rate_e10())
                agreed_.find(reader, rows.order_ids);
            return found_.put(call.id, std::move(rows));
        }
        held_.insert_or_assign(call.id, HeldLockInHand::load(reader, asked.id).held.cny_account);
    }
    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading&) override {
        if (const auto held = held_.find(call.id); held != held_.end())
            return parts_.ledger.claim(claims, ledger::provision(held->second, Currency::known("CNY")));
        found_.get(call.id).claim(claims, parts_);
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        if (const auto held = held_.find(call.id); held != held_.end()) {
            locks.add(fx::kLockLock, call.instructions.at(0).subject_id);
            return parts_.ledger.lock(locks, ledger::provision(held->second, Currency::known("CNY")));
        }
        const PurchaseRows rows = found_.get(call.id);
        rows.lock(locks, parts_);
        agreed_.lock(locks);
        // Without a lock the board says whether the price that was compared still stands.
        if (!parts_.has_locks(rows.bank)) {
            locks.add(fx::kBoardLock, fx::board_id(rows.bank, rows.currency));
        }
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved> moved) override {
        if (held_.contains(call.id)) {
            for (const calls::Moved& one : moved) {
                HeldLockInHand in_hand = HeldLockInHand::load(group.tx, call.instructions.at(0).subject_id);
                move_held_lock(group, parts_, in_hand, one, reading);
            }
            return;
        }
        const std::string purchase_id = lock_of(group.tx, call).purchase_id;
        for (const calls::Moved& one : moved) {
            PurchaseInHand in_hand = PurchaseInHand::load(group.tx, purchase_id);
            switch (one.to) {
                case calls::InstructionOutcome::Confirmed:
                    if (const auto* told = std::any_cast<fx::LockReading>(&reading.details); told != nullptr) {
                        taken(group, in_hand, *told, one.instruction->part_no);
                    }
                    break;
                case calls::InstructionOutcome::Rejected:
                case calls::InstructionOutcome::Withdrawn:
                    lose_lock(group, parts_, in_hand, LockEvent::Rejected);
                    break;
                case calls::InstructionOutcome::Accepted:
                case calls::InstructionOutcome::Unknown: unsure(group, in_hand); break;
                case calls::InstructionOutcome::Open:
                case calls::InstructionOutcome::Escalated: break;
            }
        }
    }

    void finish(db::Group&) override {
        found_.clear();
        held_.clear();
        agreed_ = {};
    }

    /// Soon and often while the lock could still be used; its lapse ends the matter.
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int queries) const override {
        constexpr std::array kAfter{2, 5, 10, 30, 60, 300, 900};
        if (queries >= static_cast<int>(kAfter.size())) return std::nullopt;
        return std::chrono::seconds(kAfter.at(static_cast<std::size_t>(queries)));
    }

 private:
    static fx::Lock lock_of(db::Reader& reader, const calls::Call& call) {
        std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, call.instructions.at(0).subject_id);
        if (!lock) throw LogicError("no lock of call " + call.id);
        return std::move(*lock);
    }

    void unsure(db::Group& group, PurchaseInHand& in_hand) const {
        const std::optional<LockState> to = fx::next(in_hand.lock.state, LockEvent::Unsure);
        if (!to) return;
        in_hand.lock.state = *to;
        fx::QuoteStore::save_lock(group.tx, in_hand.lock, in_hand.lock.expires_at);
    }

    void taken(db::Group& group, PurchaseInHand& in_hand, const fx::LockReading& told, int part_no) const {
        const bool has_locks = parts_.has_locks(in_hand.purchase.bank);
        if (has_locks && told.rate) confirm(group, in_hand, told);
        if (!has_locks && !go_on_to_deal(group, parts_, in_hand, told, part_no)) {
            lose_lock(group, parts_, in_hand, LockEvent::TooLate);
        }
    }

    void confirm(db::Group& group, PurchaseInHand& in_hand, const fx::LockReading& told) const {
        const std::optional<LockState> to = fx::next(in_hand.lock.state, LockEvent::Confirmed);
        if (!to) return;  // it lapsed before: the bank's promise is not used
        in_hand.lock.state = *to;
        const bool is_worse_than_asked = told.rate->rate_e10() > in_hand.lock.rate.rate_e10();
        if (!take_promise(group, parts_, in_hand.lock, told))
            return lose_lock(group, parts_, in_hand, LockEvent::TooLate);
        if (is_worse_than_asked && !agreed_.is_empty() && is_agreed_missed(group, in_hand)) return;
        const auto state = fx::next(in_hand.purchase.state, fx::PurchaseEvent::LockHeld);
        if (!state) throw LogicError("purchase " + in_hand.purchase.id + " awaits no lock");
        fx::QuoteStore::save_lock(group.tx, in_hand.lock, look_at_lock(parts_, in_hand.lock, group.now));
        in_hand.purchase.state = *state;
        fx::PurchaseStore::save(group.tx, in_hand.purchase);
        const calls::NewCall call = purchase_call(parts_, in_hand.purchase, in_hand.lock);
        parts_.calls.prepare(group, std::span(&call, 1));
    }

    /// Within the tolerance for a lock, and yet worse than what was agreed for some of its orders: none of them is
    /// bought past that silently. All go back, and those are looked at again by their merchants' rules. One whose rule
    /// is a new price would get the board's again, which this lock misses: it is bought within the tolerance.
    bool is_agreed_missed(db::Group& group, PurchaseInHand& in_hand) const {
        in_hand.load_orders(group.tx);
        AgreedPrices::ByOrder unmet = agreed_.not_met(group, in_hand.orders, in_hand.lock.rate);
        std::erase_if(unmet, [](const auto& each) {
            return parties::quote_expiry_from_text(each.second.quote.on_expiry) == parties::QuoteExpiry::ReQuote;
        });
        if (unmet.empty()) return false;
        sometimes("a lock within the tolerance misses an agreed price");
        lose_lock(group, parts_, in_hand, LockEvent::TooLate);
        std::vector<std::string> ids;
        for (const auto& [order_id, why] : unmet) ids.push_back(order_id);
        agreed_.look_again(group, orders::OrderStore::load(group.tx, ids), unmet, in_hand.purchase.bank);
        return true;
    }

    const ConvertParts& parts_;
    AgreedPrices agreed_;  // of orders whose lock came at a worse price than it was asked for
    FoundRows found_;
    std::unordered_map<std::string, std::string> held_;  // by call: the account that pays, of a lock without a purchase
};

class LapseWork final : public db::Work {
 public:
    LapseWork(const ConvertParts& parts, std::vector<LapseLock*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        found_.clear();
        calls_.clear();
        purchase_calls_.clear();
        for (const LapseLock* item : items_) {
            calls_.emplace_back();
            const std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, item->lock_id);
            if (!lock) throw LogicError("no lock " + item->lock_id);
            found_.push_back(PurchaseRows::find(reader, lock->purchase_id));
            for (const calls::InstructionRow& row :
                 calls::Calls::instructions(reader, "fx.lock", "fx_lock", std::span(&item->lock_id, 1))) {
                calls_.back().push_back(row.call_id);
            }
            purchase_calls_.emplace_back();
            for (const calls::InstructionRow& row :
                 calls::Calls::instructions(reader, "fx.purchase", "purchase", std::span(&lock->purchase_id, 1))) {
                purchase_calls_.back().push_back(row.call_id);
            }
        }
    }
    void claim(db::Claims& claims) override {
        for (const PurchaseRows& rows : found_) rows.claim(claims, parts_);
    }
    void lock(db::Locks& locks) override {
        for (const auto* of_items : {&calls_, &purchase_calls_}) {
            for (const auto& of_item : *of_items) {
                for (const std::string& call : of_item) calls::Calls::lock(locks, call);
            }
        }
        for (const PurchaseRows& rows : found_) rows.lock(locks, parts_);
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            PurchaseInHand in_hand = PurchaseInHand::load(group.tx, found_[i].purchase_id);
            const bool awaited = fx::is_asked_for(in_hand.lock.state);
            const bool is_over = awaited && in_hand.lock.expires_at <= group.now;
            items_[i]->lapsed = is_over && !is_phone_deal_kept(group, parts_, in_hand);
            if (items_[i]->lapsed) {
                lose_lock(group, parts_, in_hand, LockEvent::TooLate);
                // What was never sent must not be sent now: nobody would use the lock.
                withdraw_calls(group, calls_[i]);
            } else if (awaited && !is_over) {
                items_[i]->lapsed = give_up_unasked(group, in_hand, calls_[i]);
            }
            const std::optional<Instant> until = may_leave_until(parts_, in_hand.lock);
            if (in_hand.lock.state == LockState::Locked && until && group.now < *until) {
                tell_expiring(group, parts_, in_hand);
            } else if (in_hand.lock.state == LockState::Locked && until) {
                items_[i]->lapsed = withdraw_late_deal(group, parts_, in_hand, purchase_calls_[i]);
            }
        }
    }

 private:
    /// The price that it is asked for by is over. Where no byte has left to ask for it, its orders are bought for
    /// elsewhere, rather than wait for a bank that nobody reaches.
    bool give_up_unasked(db::Group& group, PurchaseInHand& in_hand, std::span<const std::string> asking) const {
        fx::Lock& lock = in_hand.lock;
        const bool is_asked_once = asking.size() == 1;  // else the bank has the deal's record
        if (is_asked_once) withdraw_calls(group, asking);
        const std::vector<calls::InstructionRow> rows =
            calls::Calls::instructions(group.tx, "fx.lock", "fx_lock", std::span(&lock.id, 1));
        const auto is = [&](calls::InstructionOutcome outcome) {
            return is_asked_once && rows.at(0).instruction.outcome == outcome;
        };
        if (is(calls::InstructionOutcome::Withdrawn)) {
            lose_lock(group, parts_, in_hand, LockEvent::TooLate);
            return true;
        }
        // On its way just now: proved not to have left it is withdrawn by the next look.
        const bool is_on_its_way = is(calls::InstructionOutcome::Open);
        fx::QuoteStore::save_lock(group.tx, lock,
                                  is_on_its_way ? std::min(group.now + kLookAgain, lock.expires_at) : lock.expires_at);
        return false;
    }

    const ConvertParts& parts_;
    std::vector<LapseLock*> items_;
    std::vector<PurchaseRows> found_;
    std::vector<std::vector<std::string>> calls_;           // of each item: that asked for the lock
    std::vector<std::vector<std::string>> purchase_calls_;  // and that order by it
};

}  // namespace

bool take_promise(db::Group& group, const ConvertParts& parts, fx::Lock& lock, const fx::LockReading& told) {
    const Rate asked = lock.rate;
    lock.rate = *told.rate;
    lock.bank_reference = told.answer.their_reference;
    lock.expires_at = told.expires_at;
    const bool rate_is_worse =
        is_worse(lock.rate, asked, parts.settings.lock_tolerance_bp) && !is_planted(Bug::WorseLockTaken);
    const bool is_too_good = fx::is_too_good(lock.rate, asked, guard_bp(parts));
    if (rate_is_worse) sometimes("a lock at a worse rate");
    if (is_too_good) sometimes("a lock at a rate that no bank means");
    if (rate_is_worse || is_too_good) {
        const std::string remark = is_too_good ? ", far better than any bank means: of another scale, or mistyped" : "";
        const std::string remark_zh = is_too_good ? "，优惠程度不合常理（可能计价单位有误或录入错误）" : "";
        parts.work_items.open(
            group, operators::NewWorkItem{"lock_rate_differs", "fx_lock", lock.id,
                                          "Lock " + lock.id + " was confirmed at " + lock.rate.per_one() +
                                              " instead of " + asked.per_one() + remark + ". It was not used.",
                                          "锁汇 " + lock.id + " 确认汇率为 " + lock.rate.per_one() + "，而非 " +
                                              asked.per_one() + remark_zh + "，未使用。"});
    }
    const bool usable = fx::is_usable(lock, group.now, parts.settings.lock_needs);
    if (!rate_is_worse && !is_too_good && (usable || is_planted(Bug::LockUsedAfterExpiry))) return true;
    sometimes("a lock that came too late to use");
    return false;
}

calls::NewCall purchase_call(const ConvertParts& parts, const fx::Purchase& purchase, const fx::Lock& lock) {
    // By a lock of its own that is the lock's amount.
    const Money& amount = purchase.fixed_side == fx::FixedSide::Cny ? purchase.cny : purchase.foreign;
    const fx::PurchaseOrder order{.reference = purchase.reference,
                                  .lock_reference = lock.bank_reference,
                                  .fixed_side = purchase.fixed_side,
                                  .amount = amount,
                                  .foreign = purchase.currency,
                                  .cny_account = purchase.cny_account,
                                  .foreign_account = purchase.foreign_account,
                                  .value_date = lock.value_date,
                                  .rate = lock.rate};
    return calls::NewCall{.operation = "fx.purchase",
                          .counterparty = purchase.bank,
                          .recovery = calls::Recovery::QueryOnly,
                          .reference = purchase.reference,
                          .request = parts.bank(purchase.bank).write(order),
                          .instructions = {{.subject_kind = "purchase",
                                            .subject_id = purchase.id,
                                            .part_no = 1,
                                            .reference = purchase.reference,
                                            .amount = amount}},
                          .not_before = std::nullopt,
                          .not_after = may_leave_until(parts, lock)};
}

std::unique_ptr<calls::AnswerHandler> make_lock_handler(const ConvertParts& parts) {
    return std::make_unique<LockHandler>(parts);
}
std::unique_ptr<db::Operation> make_lapse_lock(const ConvertParts& parts) {
    return std::make_unique<OperationOf<LapseWork, LapseLock, ConvertParts>>(parts, "lapse_lock");
}

}  // namespace huiqiao::flow
