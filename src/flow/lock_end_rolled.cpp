// A roll that the bank did at other terms than were confirmed. Where they are worse than the tolerance lets them be, or
// far better than any bank means, the lock stays frozen, and the end's own confirmation is asked once more: a second
// person takes the terms as they were done, and the lock goes on by them; or refuses them, and nothing is drawn on it
// any more on our side. What the bank charged is booked already.

#include "fx/roll_done_store.h"
#include "fx/word_of_bank.h"
#include "src/flow/lock_end_parts.h"

namespace huiqiao::flow {

std::optional<Instant> drawn_from(const ConvertParts& parts, const std::string& bank, const fx::LockTerms& terms,
                                  Instant now) {
    constexpr std::chrono::minutes kStep{30};  // cut-offs stand at full and half hours
    constexpr int kMost = 48 * 31;
    Instant at = now;
    for (int i = 0; i < kMost && at < terms.expires_at; ++i, at += kStep)
        if (parts.value_date(bank, terms.rate.base(), at) == terms.value_date) return at;
    return std::nullopt;
}

bool is_held_back(const fx::LockEnd& end, const HeldLockInHand& in_hand) {
    return end.state == fx::LockEndState::Done && in_hand.held.end_id == end.id;
}

bool is_unlike_roll(const ConvertParts& parts, const fx::LockTerms& done, const fx::LockTerms& offered) {
    return is_worse(done.rate, offered.rate, parts.settings.lock_tolerance_bp) ||
           fx::is_too_good(done.rate, offered.rate, guard_bp(parts)) || done.expires_at < offered.expires_at ||
           done.value_date != offered.value_date;
}

void take_roll(db::Group& group, const ConvertParts& parts, const fx::LockTerms& terms, HeldLockInHand& in_hand) {
    in_hand.held.end_id.clear();
    in_hand.lock.rate = terms.rate;
    in_hand.lock.expires_at = terms.expires_at;
    in_hand.lock.value_date = terms.value_date;
    fx::QuoteStore::save_rolled(group.tx, in_hand.lock, look_at_lock(parts, in_hand.lock, group.now));
    hold_for_left(group, parts, in_hand, Money::zero(in_hand.held.cny.currency()));
    parts.work_items.close(group, kLockExpiring, in_hand.lock.id, "rolled");
}

Status decide_rolled(db::Group& group, const ConvertParts& parts, const DecideLockEnd& item, const fx::LockEnd& end,
                     HeldLockInHand& in_hand) {
    const std::optional<fx::LockTerms> done = fx::RollDoneStore::find(group.tx, end.id);
    if (!done) throw LogicError("end " + end.id + " holds its lock back without other terms");
    if (item.confirmed) {
        if (*item.confirmed != end.charged || item.rate != done->rate.per_one()) {
            return Error(lock_end_error::kRolledOther, {{"end", end.id},
                                                        {"rate", done->rate.per_one()},
                                                        {"pay", end.charged.we_pay.text()},
                                                        {"get", end.charged.we_get.text()}});
        }
        if (done->expires_at <= group.now)
            return Error(lock_end_error::kRolledOver, {{"end", end.id}, {"until", rfc3339(done->expires_at)}});
        take_roll(group, parts, *done, in_hand);
    } else {
        in_hand.held.end_id.clear();
        fx::HeldLockStore::save(group.tx, in_hand.held);
        end_held_lock(group, parts, in_hand, fx::LockEvent::Ended);
    }
    fx::RollDoneStore::decided(group.tx, end.id, item.operator_id, group.now);
    parts.work_items.close(group, kLockEndDiffers, end.id, item.confirmed ? "terms taken" : "terms refused");
    return Done{};
}

}  // namespace huiqiao::flow
