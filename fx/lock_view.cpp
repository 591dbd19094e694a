#include "fx/lock_view.h"

#include <algorithm>

namespace huiqiao::fx {

namespace {

LockUse use_of(const Lock& lock, const Money& used, Instant now, std::chrono::seconds margin) {
    LockUse use{used, Money::zero(lock.amount.currency()), {}};
    if (!is_live(lock.state)) return use;
    use.left = lock.amount - use.used;
    const auto left = std::chrono::floor<std::chrono::seconds>(lock.expires_at - margin - now);
    use.time_left = std::max(left, std::chrono::seconds(0));
    return use;
}

}  // namespace

LockUse use_of(const Lock& lock, const Purchase& purchase, Instant now, std::chrono::seconds margin) {
    Money used = Money::zero(lock.amount.currency());
    if (purchase.deal) {
        const Money& dealt = lock.fixed_side == FixedSide::Cny ? purchase.deal->cny : purchase.deal->foreign;
        used = std::min(dealt, lock.amount);
    }
    return use_of(lock, used, now, margin);
}

LockUse use_of(const Lock& lock, const HeldLock& held, Instant now, std::chrono::seconds margin) {
    return use_of(lock, std::min(held.drawn, lock.amount), now, margin);
}

}  // namespace huiqiao::fx
