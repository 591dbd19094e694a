#pragma once
// Rolls that a bank did at other terms than were offered and confirmed (fx_roll_done): beside the offered ones, which
// the end keeps, what was done, and who took or refused it. Written only under the lock's row (kLockLock).

#include <optional>
#include <string>

#include "fx/lock_end.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

class RollDoneStore {
 public:
    static void insert(db::Tx& tx, const std::string& end_id, const LockTerms& done);
    static void decided(db::Tx& tx, const std::string& end_id, const std::string& by, Instant at);
    /// Absent where the bank did it as it was confirmed, or has not done it.
    static std::optional<LockTerms> find(db::Reader& reader, const std::string& end_id);
};

}  // namespace huiqiao::fx
