#pragma once
// Rows of what was left of the desk's locks (fx_held_lock_left): one of each instant at which it changed, so that the
// past is told as it was. It changes no lock.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/held_lock_left.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

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

    /// A row of a lock that is over.
    struct Kept {
        std::string id;  // "<lock>|<microseconds>": in the order of the walk
        Instant booked_at{};
        Instant over_at{};  // its lock
    };
    /// Lock by lock, each from its oldest row, behind that id; empty: from the first.
    static std::vector<Kept> after(db::Reader& reader, const std::string& after_id, int limit);
    /// Under kExposureKeptLock; the exposure of instants at which their locks were not over is told no more. How many
    /// went.
    static int forget(db::Tx& tx, std::span<const Kept> rows);
};

}  // namespace huiqiao::fx
