// CNY that stands behind the end of a lock from the second person's word until the bank's line: what it costs, and what
// the rest costs beyond what is held for the lock, where a roll makes it dearer. So nothing else spends it meanwhile.

#include <algorithm>

#include "src/flow/lock_end_parts.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

ledger::Account payer_of(const fx::LockEnd& end) {
    return ledger::provision(end.cny_account, end.held.currency());
}

}  // namespace

Money cost_in_all(const fx::LockEnd& end) {
    return end.to ? end.cost.we_pay + fx::cost_of(end.amount, end.to->rate) : end.cost.we_pay;
}

Status hold_for_end(db::Group& group, const ConvertParts& parts, const HeldLockInHand& in_hand, fx::LockEnd& end) {
    const Money beyond = cost_in_all(end) - in_hand.held.cny;
    if (!beyond.is_positive()) return Done{};
    const ledger::HoldRequest request{payer_of(end), beyond, std::string(kEndSubject), end.id};
    const auto held = parts.ledger.hold(group, std::span(&request, 1));
    if (!held) return held.error();
    end.held = beyond;
    end.hold_id = held->front();
    return Done{};
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

void settle_end(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, std::string line) {
    end.settled_by = std::move(line);
    lower_hold(group, ledger, end, Money::zero(end.held.currency()));
    fx::LockEndStore::save(group.tx, end, std::nullopt);
    operators::WorkItems().close(group, kLockEndLineMissing, end.id, "its line has come");
}

}  // namespace huiqiao::flow
