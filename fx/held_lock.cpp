#include "fx/held_lock.h"

#include <algorithm>

namespace huiqiao::fx {

Money left_of(const Lock& lock, const HeldLock& held) {
    return std::max(lock.amount - held.drawn, Money::zero(lock.amount.currency()));
}

Money cost_of(const Money& fixed, const Rate& rate) {
    if (fixed.currency() == rate.quote()) return fixed;
    return convert(fixed, rate, Rounding::Up).value();
}

bool is_spent(const Lock& lock, const HeldLock& held) {
    const Money left = left_of(lock, held);
    if (lock.fixed_side == FixedSide::Foreign) return !left.is_positive();
    const Result<Money> bought = convert(left, lock.rate, Rounding::Down);
    return !bought || !bought->is_positive();
}

}  // namespace huiqiao::fx
