#pragma once
// What is left of a lock that the desk holds, as the exposure counts it: locked from the bank's promise on; what a
// purchase draws is that purchase's from then on, and what is used up or over is nobody's. Pure; as it stood at an
// instant, held_lock_left_store.h tells.

#include <string>

#include "fx/exposure.h"
#include "fx/held_lock.h"

namespace huiqiao::fx {

struct LeftOfLock {
    std::string lock_id;
    Money left;  // of the lock's fixed side
    Rate rate;
    Date value_date;
};

/// Into the line of its value date: what is left in the lock's foreign currency, rounded down where its CNY are fixed,
/// and the CNY that it costs, rounded up. Nothing where the rest buys nothing.
void add(CurrencyExposure& exposure, const LeftOfLock& one);

}  // namespace huiqiao::fx
