// CNY that stands behind the end of a lock from the second person's word until the bank's line: what it costs, and what
// the rest costs beyond what is held for the lock, where a roll makes it dearer. So nothing else spends it meanwhile.
// It is the end's own hold from the start: what is held for the lock ends with the lock, and while payouts are stopped
// nothing can be held in its place.

#include <algorithm>

#include "src/flow/lock_end_parts.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

ledger::Account payer_of(const fx::LockEnd& end) {
    return ledger::provision(end.cny_account, end.held.currency());
}

void lower_cover(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, const Money& to) {
    fx::HeldLock& held = in_hand.held;
    if (to.is_negative() || to > held.cny) throw LogicError("lock " + held.id + " cannot be covered by " + to.text());
    if (to.is_positive()) {
        held.hold_id = parts.ledger.reduce_hold(group, held.hold_id, to);
    } else {
        parts.ledger.release(group, std::span(&held.hold_id, 1));
        held.hold_id.clear();
    }
    held.cny = to;
    fx::HeldLockStore::save(group.tx, held);
}

}  // namespace

Money cost_in_all(const fx::LockEnd& end) {
    return end.to ? end.cost.we_pay + fx::cost_of(end.amount, end.to->rate) : end.cost.we_pay;
}

Status hold_for_end(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, fx::LockEnd& end) {
    const Money wanted = std::max(end.cost.we_pay, cost_in_all(end) - in_hand.held.cny);
    if (!wanted.is_positive()) return Done{};
    const ledger::HoldRequest request{payer_of(end), wanted, std::string(kEndSubject), end.id};
    auto held = parts.ledger.hold(group, std::span(&request, 1));
    if (!held && held.error().code == &ledger::ledger_error::kPayoutsStopped) return held.error();
    if (!held) {  // what is free does not do: the rest is held for the lock, which will not need it
        const Money free =
            ledger::available(parts.ledger.balances(group.tx, std::span(&request.account, 1)), request.account);
        lower_cover(group, parts, in_hand, in_hand.held.cny - (wanted - free));
        held = parts.ledger.hold(group, std::span(&request, 1));
        if (!held) throw LogicError(held.error().english());
    }
    end.held = wanted;
    end.hold_id = held->front();
    return Done{};
}

void settle_holds(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, fx::LockEnd& end) {
    const Money& due = end.charged.we_pay;
    const bool is_drawn_on = fx::is_live(in_hand.lock.state) && in_hand.held.end_id.empty();
    if (!parts.ledger.stopped_payouts(group.tx).contains("CNY")) lower_hold(group, parts.ledger, end, due);
    if (is_drawn_on) hold_for_left(group, parts, in_hand, Money::zero(due.currency()));
    hold_what_is_free(group, parts, end, due);
    // While payouts are stopped the lock cannot hold more: what its dearer rest lacks stays held here.
    const Money lacks =
        !is_drawn_on || !fx::is_line_awaited(end)
            ? Money::zero(due.currency())
            : fx::cost_of(fx::left_of(in_hand.lock, in_hand.held), in_hand.lock.rate) - in_hand.held.cny;
    lower_hold(group, parts.ledger, end, lacks.is_positive() ? due + lacks : due);
}

std::optional<Instant> next_look(const fx::LockEnd& end, Instant now) {
    if (!fx::is_line_awaited(end)) return std::nullopt;
    if (end.held != end.charged.we_pay) return now + kHoldAgain;
    const Instant told_at = end.over_at + kLineAwaited;
    return now < told_at ? std::optional(told_at) : std::nullopt;
}

void lower_hold(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, const Money& to) {
    if (end.hold_id.empty() || to >= end.held) return;
    if (to.is_positive()) {
        end.hold_id = ledger.reduce_hold(group, end.hold_id, to);
    } else {
        ledger.release(group, std::span(&end.hold_id, 1));
        end.hold_id.clear();
    }
    end.held = to;
}

void hold_what_is_free(db::Group& group, const ConvertParts& parts, fx::LockEnd& end, const Money& wanted) {
    const ledger::Account payer = payer_of(end);
    const Money free = ledger::available(parts.ledger.balances(group.tx, std::span(&payer, 1)), payer);
    const Money target = std::min(wanted, end.held + free);
    if (target <= end.held) return;
    const auto raised =
        raise_hold(group, parts, end.hold_id, end.held, {payer, target, std::string(kEndSubject), end.id});
    if (!raised) return;
    end.held = target;
    end.hold_id = *raised;
}

void settle_end(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, std::string by,
                std::string_view note) {
    end.settled_by = std::move(by);
    lower_hold(group, ledger, end, Money::zero(end.held.currency()));
    fx::LockEndStore::save(group.tx, end, std::nullopt);
    operators::WorkItems().close(group, kLockEndLineMissing, end.id, note);
}

}  // namespace huiqiao::flow
