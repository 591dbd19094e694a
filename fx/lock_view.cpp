#include "fx/lock_view.h"

#include <algorithm>

namespace huiqiao::fx {

LockUse use_of(const Lock& lock, const Purchase& purchase, Instant now, std::chrono::seconds margin) {
    const Money none = Money::zero(lock.amount.currency());
    LockUse use{none, none, {}};
    if (purchase.deal) {
        const Money& dealt = lock.fixed_side == FixedSide::Cny ? purchase.deal->cny : purchase.deal->foreign;
        use.used = std::min(dealt, lock.amount);
    }
    if (!is_live(lock.state)) return use;
    use.left = lock.amount - use.used;
    const auto left = std::chrono::floor<std::chrono::seconds>(lock.expires_at - margin - now);
    use.time_left = std::max(left, std::chrono::seconds(0));
    return use;
}

}  // namespace huiqiao::fx
