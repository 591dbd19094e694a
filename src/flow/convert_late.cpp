// An order to deal that could not leave (a session that is down, a bank that is shut off for its failures) while what
// its bank promised stood: it must not leave hours later, at whatever price (FX-03, FX-04). The call says so itself
// (NewCall::not_after); here the purchase follows it, and its orders are taken up anew.

#include <algorithm>

#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/convert_parts.h"
#include "src/flow/undelivered.h"

namespace huiqiao::flow {

namespace {

/// Under the locks of the purchase's calls.
bool is_each(const std::vector<calls::InstructionRow>& rows, calls::InstructionOutcome outcome) {
    return !rows.empty() && std::all_of(rows.begin(), rows.end(), [&](const calls::InstructionRow& row) {
        return row.instruction.outcome == outcome;
    });
}

}  // namespace

std::optional<Instant> may_leave_until(const ConvertParts& parts, const fx::Lock& lock) {
    if (is_planted(Bug::LockUsedAfterExpiry)) return std::nullopt;
    return lock.expires_at - (parts.has_locks(lock.bank) ? parts.settings.lock_needs : parts.settings.quote_needs);
}

std::optional<Instant> look_at_lock(const ConvertParts& parts, const fx::Lock& lock, Instant now) {
    const std::optional<Instant> until = may_leave_until(parts, lock);
    if (!until) return std::nullopt;
    const Instant alert = *until - parts.settings.alert_before;
    return alert > now ? alert : *until;
}

void tell_expiring(db::Group& group, const ConvertParts& parts, const PurchaseInHand& in_hand) {
    const fx::Lock& lock = in_hand.lock;
    const std::optional<Instant> until = may_leave_until(parts, lock);
    if (!until || in_hand.purchase.state != fx::PurchaseState::Ordered)
        return fx::QuoteStore::save_lock(group.tx, lock, std::nullopt);
    fx::QuoteStore::save_lock(group.tx, lock, until);
    if (group.now < *until - parts.settings.alert_before) return;
    sometimes("a lock about to end whose order has not left");
    const std::string amount = std::string(lock.amount.currency().code()) + " " + lock.amount.text();
    parts.work_items.open(
        group, operators::NewWorkItem{
                   std::string(kLockExpiring), "fx_lock", lock.id,
                   "Lock " + lock.id + " of " + lock.bank + " over " + amount + " at " + lock.rate.per_one() +
                       " may be used until " + rfc3339(*until) +
                       ", and nothing says that its order to deal has reached the bank. If it has not left "
                       "by then it is withdrawn, and its orders are bought for anew.",
                   lock.bank + " 的锁汇 " + lock.id + "（" + amount + "，汇率 " + lock.rate.per_one() + "）可用至 " +
                       rfc3339(*until) + "，尚无迹象表明成交指令已送达银行。届时仍未发出则撤回，其订单将重新购汇。"});
}

void close_expiring(db::Group& group, const ConvertParts& parts, const fx::Lock& lock, std::string_view note) {
    if (fx::is_held(lock) && lock.state == fx::LockState::Locked) return;  // others may still draw on it
    const std::optional<Instant> until = may_leave_until(parts, lock);
    if (until && *until - parts.settings.alert_before <= group.now)
        parts.work_items.close(group, kLockExpiring, lock.id, note);
}

LateDeal withdraw_late(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand,
                       std::span<const std::string> purchase_calls) {
    if (in_hand.purchase.state != fx::PurchaseState::Ordered) return LateDeal::Left;
    withdraw_calls(group, purchase_calls);
    const std::vector<calls::InstructionRow> rows =
        calls::Calls::instructions(group.tx, "fx.purchase", "purchase", std::span(&in_hand.purchase.id, 1));
    // It is proved that no order of this purchase left.
    if (is_each(rows, calls::InstructionOutcome::Withdrawn)) {
        sometimes("an order to deal that could not leave in time");
        give_back(group, parts, in_hand, fx::next(in_hand.purchase.state, fx::PurchaseEvent::Rejected).value());
        return LateDeal::Withdrawn;
    }
    // On its way just now: proved not to have left it would be sent again, so it is looked at again. Once it is unsure
    // it is asked for, and what the bank or persons say ends it.
    return is_each(rows, calls::InstructionOutcome::Open) ? LateDeal::OnItsWay : LateDeal::Left;
}

bool withdraw_late_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand,
                        std::span<const std::string> purchase_calls) {
    const LateDeal late = withdraw_late(group, parts, in_hand, purchase_calls);
    const bool is_looked_at = late == LateDeal::OnItsWay;
    if (late == LateDeal::Withdrawn) in_hand.lock.state = fx::next(in_hand.lock.state, fx::LockEvent::TooLate).value();
    fx::QuoteStore::save_lock(group.tx, in_hand.lock,
                              is_looked_at ? std::optional(group.now + kLookAgain) : std::nullopt);
    return late == LateDeal::Withdrawn;
}

}  // namespace huiqiao::flow
