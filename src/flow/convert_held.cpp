// Locks that the desk took before there was a purchase for them (held_locks.h): promised, covered with CNY, drawn on by
// purchases, over. What a purchase ordered is frozen on its lock until the bank's word on it is known, so that no part
// of a promise is used twice. What the bank refuses comes back, and the promise stands for others; refused again and
// again it is a person's matter.

#include <algorithm>

#include "fx/held_lock_left_store.h"
#include "fx/refused_draw_store.h"
#include "src/base/planted.h"
#include "src/flow/convert_parts.h"
#include "src/flow/decision.h"
#include "src/flow/held_locks.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

using fx::LockEvent;
using fx::LockState;

/// What the purchase ordered, or its deal filled, of the lock's fixed side.
const Money& side_of(const fx::Lock& lock, const Money& cny, const Money& foreign) {
    return lock.fixed_side == fx::FixedSide::Cny ? cny : foreign;
}

void move(db::Group& group, HeldLockInHand& in_hand, LockEvent event) {
    const std::optional<LockState> to = fx::next(in_hand.lock.state, event);
    if (!to) return;
    in_hand.lock.state = *to;
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, in_hand.lock.expires_at);
}

void promised(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, const fx::LockReading& told) {
    const std::optional<LockState> to = fx::next(in_hand.lock.state, LockEvent::Confirmed);
    if (!to) return;  // it lapsed before: the bank's promise is not used
    in_hand.lock.state = *to;
    if (!take_promise(group, parts, in_hand.lock, told))
        return end_held_lock(group, parts, in_hand, LockEvent::TooLate);
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, look_at_lock(parts, in_hand.lock, group.now));
    hold_for_left(group, parts, in_hand, Money::zero(in_hand.held.cny.currency()));
}

/// Also where it was told before: what a purchase gives back after the lock's end makes it more.
void tell_unused(db::Group& group, const ConvertParts& parts, const HeldLockInHand& in_hand) {
    const fx::Lock& lock = in_hand.lock;
    const std::string left = amount_with_currency(fx::left_of(lock, in_hand.held));
    const operators::NewWorkItem unused{
        std::string(kHeldLockUnused), "fx_lock", lock.id,
        "Lock " + lock.id + " of " + lock.bank + " at " + lock.rate.per_one() + " is over: " + left + " of " +
            amount_with_currency(lock.amount) +
            " were not drawn. Nothing more is ordered by it. Ask the bank whether it charges for what was not used.",
        lock.bank + " 的锁汇 " + lock.id + "（汇率 " + lock.rate.per_one() + "）已结束：" +
            amount_with_currency(lock.amount) + " 中有 " + left +
            " 未使用。不再据此下单。请向银行确认未用部分是否收费。"};
    parts.work_items.open(group, unused);
    parts.work_items.retell(group, unused);
}

/// What a purchase drew is known. Only behind the last one is the lock used up: what another gives back may still be
/// drawn on, or is told of.
void draw_known(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand) {
    hold_for_left(group, parts, in_hand, Money::zero(in_hand.held.cny.currency()));
    const bool is_spent = fx::is_spent(in_hand.lock, in_hand.held);
    if (!fx::is_live(in_hand.lock.state)) {
        if (!is_spent) tell_unused(group, parts, in_hand);
    } else if (is_spent && fx::PurchaseStore::open_by_lock(group.tx, in_hand.lock.id).empty()) {
        end_held_lock(group, parts, in_hand, LockEvent::Dealt);
    }
}

}  // namespace

HeldLockInHand HeldLockInHand::load(db::Reader& reader, const std::string& lock_id) {
    std::optional<fx::HeldLockStore::Row> row = fx::HeldLockStore::find(reader, lock_id);
    if (!row) throw LogicError("no lock " + lock_id + " that purchases draw on");
    return HeldLockInHand{std::move(row->lock), std::move(row->held)};
}

Money awaited_by_locks(std::span<const fx::HeldLockStore::Row> live) {
    Money sum = Money::zero(Currency::known("CNY"));
    for (const fx::HeldLockStore::Row& row : live) {
        if (row.lock.state != LockState::Locked) sum += fx::cost_of(fx::left_of(row.lock, row.held), row.lock.rate);
    }
    return sum;
}

std::string reserved_for_locks(db::Reader& reader, Currency currency, Money awaited, int page_size) {
    std::string last;
    std::string behind;
    while (awaited.is_positive()) {
        const std::vector<std::string> page =
            orders::OrderStore::waiting(reader, orders::Waiting::Convert, currency, page_size, behind);
        for (const orders::ConvertibleOrder& order : orders::OrderStore::convertible(reader, page)) {
            if (!order.cny.is_positive()) continue;
            if (!awaited.is_positive()) return last;
            awaited -= order.cny;
            last = order.id;
        }
        if (page.size() < static_cast<std::size_t>(page_size)) break;
        behind = page.back();
    }
    return last;
}

void hold_for_left(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, const Money& reserved) {
    fx::HeldLock& held = in_hand.held;
    const Money none = Money::zero(held.cny.currency());
    const ledger::Account payer = ledger::provision(held.cny_account, none.currency());
    const Money free = ledger::available(parts.ledger.balances(group.tx, std::span(&payer, 1)), payer);
    const bool is_wanted =
        (fx::is_live(in_hand.lock.state) || is_planted(Bug::LockKeepsMoney)) && !fx::is_spent(in_hand.lock, held);
    Money target = is_wanted ? fx::cost_of(fx::left_of(in_hand.lock, held), in_hand.lock.rate) : none;
    target = std::max(std::min(target, held.cny + free - reserved), none);
    if (target > held.cny) {
        if (const auto raised = raise_hold(group, parts, held.hold_id, held.cny, {payer, target, "fx_lock", held.id}))
            held.hold_id = *raised;
        else
            target = held.cny;  // payouts are stopped: what is held stays so
    } else if (target < held.cny && target.is_positive()) {
        held.hold_id = parts.ledger.reduce_hold(group, held.hold_id, target);
    } else if (target < held.cny) {
        parts.ledger.release(group, std::span(&held.hold_id, 1));
        held.hold_id.clear();
    }
    held.cny = target;
    fx::HeldLockStore::save(group.tx, held);
    fx::HeldLockLeftStore::keep(group, in_hand.lock, held);
}

void move_held_lock(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, const calls::Moved& moved,
                    const calls::Reading& reading) {
    switch (moved.to) {
        case calls::InstructionOutcome::Confirmed:
            if (const auto* told = std::any_cast<fx::LockReading>(&reading.details); told != nullptr && told->rate)
                promised(group, parts, in_hand, *told);
            break;
        case calls::InstructionOutcome::Rejected:
        case calls::InstructionOutcome::Withdrawn: end_held_lock(group, parts, in_hand, LockEvent::Rejected); break;
        case calls::InstructionOutcome::Accepted:
        case calls::InstructionOutcome::Unknown: move(group, in_hand, LockEvent::Unsure); break;
        case calls::InstructionOutcome::Open:
        case calls::InstructionOutcome::Escalated: break;
    }
}

void end_held_lock(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, LockEvent event) {
    const bool was_promised = in_hand.lock.state == LockState::Locked;
    const std::optional<LockState> to = fx::next(in_hand.lock.state, event);
    if (!to) return;
    in_hand.lock.state = *to;
    // What was ordered by it and has not left then must not leave later: it is looked at once more.
    const bool is_drawn_on = !fx::PurchaseStore::open_by_lock(group.tx, in_hand.lock.id).empty();
    fx::QuoteStore::save_lock(group.tx, in_hand.lock,
                              is_drawn_on ? may_leave_until(parts, in_hand.lock) : std::nullopt);
    hold_for_left(group, parts, in_hand, Money::zero(in_hand.held.cny.currency()));
    if (!was_promised) return;
    close_expiring(group, parts, in_hand.lock, "the lock is over");
    parts.work_items.close(group, kHeldLockWorse, in_hand.lock.id, "the lock is over");
    parts.work_items.close(group, kHeldLockRefused, in_hand.lock.id, "the lock is over");
    if (event != LockEvent::Ended && !fx::is_spent(in_hand.lock, in_hand.held)) tell_unused(group, parts, in_hand);
}

void draw_dealt(db::Group& group, const ConvertParts& parts, const PurchaseInHand& drawn, const fx::Deal& deal) {
    if (!fx::is_held(drawn.lock)) return;
    HeldLockInHand in_hand = HeldLockInHand::load(group.tx, drawn.lock.id);
    in_hand.held.drawn +=
        side_of(drawn.lock, deal.cny, deal.foreign) - side_of(drawn.lock, drawn.purchase.cny, drawn.purchase.foreign);
    fx::RefusedDraws::clear(group.tx, drawn.lock.id);
    parts.work_items.close(group, kHeldLockRefused, drawn.lock.id, "the bank dealt by it");
    draw_known(group, parts, in_hand);
}

bool is_frozen(db::Reader& reader, const ConvertParts& parts, const std::string& lock_id) {
    return fx::RefusedDraws::in_a_row(reader, lock_id) >= fx::kRefusedDraws &&
           parts.work_items.find_open(reader, kHeldLockRefused, lock_id).has_value();
}

void draw_refused(db::Group& group, const ConvertParts& parts, const std::string& lock_id, const calls::Moved& moved) {
    HeldLockInHand in_hand = HeldLockInHand::load(group.tx, lock_id);
    const std::string why = moved.answer == nullptr ? "" : moved.answer->reason_code;
    if (fx::says_lock_is_over(why)) return end_held_lock(group, parts, in_hand, LockEvent::TooLate);
    // One that was withdrawn never reached the bank.
    const bool is_refused = moved.to == calls::InstructionOutcome::Rejected && in_hand.lock.state == LockState::Locked;
    // Of several that were under way, those that come behind the last one begin no new row.
    if (!is_refused || is_frozen(group.tx, parts, lock_id) ||
        fx::RefusedDraws::add(group.tx, lock_id) < fx::kRefusedDraws)
        return;
    const fx::Lock& lock = in_hand.lock;
    const std::string left = amount_with_currency(fx::left_of(lock, in_hand.held));
    const std::string times = std::to_string(fx::kRefusedDraws);
    parts.work_items.open(
        group, operators::NewWorkItem{
                   std::string(kHeldLockRefused), "fx_lock", lock.id,
                   lock.bank + " refused " + times + " purchases in a row by lock " + lock.id + " at " +
                       lock.rate.per_one() + ", the last one by '" + why + "'. " + left +
                       " of it are not drawn, and nothing more is. Call the bank: end the lock (huiqiao lock end), or "
                       "close this, and it is drawn on again.",
                   lock.bank + " 连续 " + times + " 次拒绝按锁汇 " + lock.id + "（汇率 " + lock.rate.per_one() +
                       "）购汇，最近一次原因为“" + why + "”。尚有 " + left +
                       " 未使用，现已停止使用。请致电银行：结束该锁汇，或关闭本事项以恢复使用。"});
}

void draw_given_back(db::Group& group, const ConvertParts& parts, const PurchaseInHand& drawn) {
    if (!fx::is_held(drawn.lock)) return;
    HeldLockInHand in_hand = HeldLockInHand::load(group.tx, drawn.lock.id);
    in_hand.held.drawn -= side_of(drawn.lock, drawn.purchase.cny, drawn.purchase.foreign);
    draw_known(group, parts, in_hand);
}

}  // namespace huiqiao::flow
