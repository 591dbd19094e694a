#pragma once
// What is left of the locks that the desk holds, for the exposure: a row of each instant at which it changed, so that
// the past is told as it was (fx_held_lock_left). What is left counts as locked from the bank's promise on; what a
// purchase draws is that purchase's from then on, and what is used up or over is nobody's. It changes no lock.

#include <optional>
#include <string>
#include <vector>

#include "fx/exposure.h"
#include "fx/held_lock.h"
#include "src/db/write_queue.h"

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

class HeldLockLeftStore {
 public:
    /// Of a lock whose row is locked, behind each change of its state, its terms or what was drawn on it. One read, and
    /// a row where what is told of it differs from what was told before.
    static void keep(db::Group& group, const Lock& lock, const HeldLock& held);
    /// Of the locks that stood promised at that instant, as they stood then; absent: now. Goes by the locks that were
    /// live then or since.
    static std::vector<LeftOfLock> left(db::Reader& reader, const std::optional<Instant>& at);
    /// For which date it was promised then; nullopt where it was not promised yet.
    static std::optional<Date> value_date(db::Reader& reader, const std::string& lock_id, Instant at);
};

}  // namespace huiqiao::fx
