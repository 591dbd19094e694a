#pragma once
// A lock that the desk took before there was a purchase for it: a ceiling that purchases draw on, one after the other,
// until it is used up or over. What a purchase ordered counts as drawn until it is known that nothing was dealt by it,
// so what is left is never promised twice. CNY is held for what is left, so that it can be paid. Pure.

#include "fx/lock.h"

namespace huiqiao::fx {

struct HeldLock {
    std::string id;  // the lock's
    std::string taken_by;
    std::string cny_account;      // provision account that pays
    std::string foreign_account;  // provision account that is credited
    Money drawn;                  // of the fixed side: dealt, or ordered and not known yet
    Money cny;                    // held for what is left
    std::string hold_id;          // empty: nothing is held
    std::string end_id = {};      // by which what is left is being ended (fx/lock_end.h): nothing is drawn meanwhile
};

/// Whether purchases draw on it; else it was asked for by one purchase alone.
inline bool is_held(const Lock& lock) {
    return lock.purchase_id.empty();
}

/// Of the fixed side; zero where more was dealt than was locked.
Money left_of(const Lock& lock, const HeldLock& held);
/// CNY that so much of the lock's fixed side costs, rounded up: what must be covered.
Money cost_of(const Money& fixed, const Rate& rate);
/// Whether what is left buys anything and costs anything.
bool is_spent(const Lock& lock, const HeldLock& held);

}  // namespace huiqiao::fx
