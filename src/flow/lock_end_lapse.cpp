// A lock's end in time: a cost that nobody named or confirmed while it stood is over, and is asked anew where it is
// still wanted; an order to end that could not leave while the bank's word stood is withdrawn, and the lock is drawn on
// again. One that may have left stays frozen until its outcome is known. A line that did not come is told.

#include <algorithm>

#include "src/flow/lock_end_parts.h"
#include "src/flow/undelivered.h"

namespace huiqiao::flow {

namespace {

using calls::InstructionOutcome;
using fx::LockEndEvent;
using fx::LockEndState;

class LapseWork final : public db::Work {
 public:
    LapseWork(const ConvertParts& parts, std::vector<LapseLockEnd*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        locks_.clear();
        calls_.clear();
        payers_.clear();
        for (const LapseLockEnd* item : items_) {
            const std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, item->end_id);
            if (!end) throw LogicError("no end " + item->end_id + " of a lock");
            locks_.push_back(end->lock_id);
            payers_.push_back(ledger::provision(end->cny_account, Currency::known("CNY")));
            calls_.push_back(calls_of_end(reader, kEndCostCall, end->id));
            for (std::string& call : calls_of_end(reader, kEndCall, end->id)) calls_.back().push_back(std::move(call));
        }
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& payer : payers_) parts_.ledger.claim(claims, payer);
    }
    void lock(db::Locks& locks) override {
        for (const ledger::Account& payer : payers_) parts_.ledger.lock(locks, payer);
        for (std::size_t i = 0; i < items_.size(); ++i) {
            locks.add(fx::kLockLock, locks_[i]);
            for (const std::string& call : calls_[i]) calls::Calls::lock(locks, call);
        }
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            fx::LockEnd end = fx::LockEndStore::find(group.tx, items_[i]->end_id).value();
            items_[i]->lapsed = false;
            // Confirmed since it was found, it has another time.
            if (!fx::LockEndStore::is_due(group.tx, end.id, group.now)) continue;
            switch (end.state) {
                case LockEndState::Asked:
                    if (group.now >= end.asked_at + kCostAwaited) items_[i]->lapsed = unnamed(group, end, calls_[i]);
                    break;
                case LockEndState::Priced:
                    if (group.now >= end.stands_until)
                        items_[i]->lapsed = over(group, end, "not confirmed while its cost stood");
                    break;
                case LockEndState::Ordered: items_[i]->lapsed = late(group, end, calls_[i]); break;
                case LockEndState::Done: items_[i]->lapsed = done(group, end); break;
                case LockEndState::Unknown:
                case LockEndState::NotOffered:
                case LockEndState::Over:
                case LockEndState::Refused:
                case LockEndState::Rejected: fx::LockEndStore::save(group.tx, end, std::nullopt); break;
            }
        }
    }

 private:
    bool over(db::Group& group, fx::LockEnd& end, std::string why) const {
        (void)move(end, LockEndEvent::TooLate);
        end.why = std::move(why);
        end.over_at = group.now;
        fx::LockEndStore::save(group.tx, end, std::nullopt);
        parts_.work_items.close(group, kLockEndWaits, end.id, "its time is over");
        return true;
    }

    /// The bank is not asked for it any more: a cost binds nobody.
    bool unnamed(db::Group& group, fx::LockEnd& end, const std::vector<std::string>& calls) const {
        withdraw_calls(group, calls);
        std::vector<calls::OutsideFact> facts;
        for (const calls::InstructionRow& row :
             calls::Calls::instructions(group.tx, kEndCostCall, kEndSubject, std::span(&end.id, 1)))
            facts.push_back({row.instruction.id, InstructionOutcome::Rejected, ""});
        settle_calls(group, facts);
        return over(group, end, "no cost was named in time");
    }

    bool late(db::Group& group, fx::LockEnd& end, const std::vector<std::string>& calls) const {
        withdraw_calls(group, calls);
        const std::vector<calls::InstructionRow> rows =
            calls::Calls::instructions(group.tx, kEndCall, kEndSubject, std::span(&end.id, 1));
        const auto is_each = [&](InstructionOutcome outcome) {
            return std::all_of(rows.begin(), rows.end(),
                               [&](const calls::InstructionRow& row) { return row.instruction.outcome == outcome; });
        };
        if (is_each(InstructionOutcome::Withdrawn)) {  // proved that it never left
            HeldLockInHand in_hand = HeldLockInHand::load(group.tx, end.lock_id);
            lower_hold(group, parts_.ledger, end, Money::zero(end.held.currency()));
            unfreeze(group, parts_, in_hand);
            return over(group, end, "the order could not leave while the offer stood");
        }
        // On its way just now, it may yet be proved not to have left; else its outcome is asked for.
        const bool is_on_its_way = is_each(InstructionOutcome::Open);
        fx::LockEndStore::save(group.tx, end, is_on_its_way ? std::optional(group.now + kLookAgain) : std::nullopt);
        return false;
    }

    /// What could not be held when it was done is held as soon as it may be; a line that is missing is told.
    bool done(db::Group& group, fx::LockEnd& end) const {
        if (fx::is_line_awaited(end) && end.held != end.charged.we_pay) {
            HeldLockInHand in_hand = HeldLockInHand::load(group.tx, end.lock_id);
            settle_holds(group, parts_, in_hand, end);
        }
        fx::LockEndStore::save(group.tx, end, next_look(end, group.now));
        return fx::is_line_awaited(end) && group.now >= end.over_at + kLineAwaited && tell_missing(group, end);
    }

    bool tell_missing(db::Group& group, const fx::LockEnd& end) const {
        parts_.work_items.open(
            group,
            operators::NewWorkItem{
                std::string(kLockEndLineMissing), std::string(kEndSubject), end.id,
                end.bank + " ended lock " + end.lock_id + " by " + end.id + " (" + cost_in_words(end.charged) +
                    ") at " + rfc3339(end.over_at) + ", and no line of account " + end.cny_account +
                    " shows it. Ask the bank when it books it. It closes by itself when the line has come, or when "
                    "two persons name the line that was it, or say that nothing comes (settle_lock_end).",
                end.bank + " 已于 " + rfc3339(end.over_at) + " 按 " + end.id + " 结束锁汇 " + end.lock_id + "（" +
                    cost_in_words_zh(end.charged) + "），但账户 " + end.cny_account +
                    " 的对账单上尚无该笔。请向银行查询入账时间。该笔到达，或由两人指明对应的一笔，或确认不会发生"
                    "（settle_lock_end）后，自动关闭。"});
        return true;
    }

    const ConvertParts& parts_;
    std::vector<LapseLockEnd*> items_;
    std::vector<std::string> locks_;               // by item
    std::vector<std::vector<std::string>> calls_;  // by item
    std::vector<ledger::Account> payers_;          // by item
};

}  // namespace

std::unique_ptr<db::Operation> make_lapse_lock_end(const ConvertParts& parts) {
    return std::make_unique<OperationOf<LapseWork, LapseLockEnd, ConvertParts>>(parts, "lapse_lock_end");
}

}  // namespace huiqiao::flow
