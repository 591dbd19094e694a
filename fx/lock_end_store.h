#pragma once
// Rows of locks' ends (fx_lock_end). Each is written only under its lock's row (kLockLock), and none is forgotten: what
// was asked, offered and decided stays as evidence.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/lock_end.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

class LockEndStore {
 public:
    /// due: when to look at it again; absent: nothing is awaited by the clock.
    static void insert(db::Tx& tx, const LockEnd& end, std::optional<Instant> due);
    static void save(db::Tx& tx, const LockEnd& end, std::optional<Instant> due);
    static std::optional<LockEnd> find(db::Reader& reader, const std::string& id);
    /// Newest first.
    static std::vector<LockEnd> of_lock(db::Reader& reader, const std::string& lock_id, int limit);
    /// By our reference; those that are none are left out.
    static std::vector<LockEnd> by_reference(db::Reader& reader, std::span<const std::string> references);
    /// What those that were confirmed cost, and of which the outcome is not known yet: not booked, but promised.
    static Money promised(db::Reader& reader);
    /// What banks owe us for those that they did, and have not paid: ours by the books, but no money yet.
    static Money not_paid(db::Reader& reader);
    /// Whether the clock still has a reason to look at it.
    static bool is_due(db::Reader& reader, const std::string& id, Instant now);
    /// Read without locks.
    static std::vector<std::string> due(db::Reader& reader, Instant now, int limit);
};

}  // namespace huiqiao::fx
