#pragma once
// Rows of locks that purchases draw on (fx_held_lock). Each belongs to the lock of the same id, and is changed only
// under that lock's row (kLockLock).

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/held_lock.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

class HeldLockStore {
 public:
    struct Row {
        Lock lock;
        HeldLock held;
    };

    static void insert(db::Tx& tx, const HeldLock& held);
    /// What was drawn, what is held, and what freezes it.
    static void save(db::Tx& tx, const HeldLock& held);
    static std::optional<Row> find(db::Reader& reader, const std::string& id);
    /// By id, of these locks; those that are none are left out.
    static std::map<std::string, HeldLock> of(db::Reader& reader, std::span<const Lock> locks);
    /// Of the currency, those of which something may still come (is_live), in the order in which they were taken.
    static std::vector<Row> live(db::Reader& reader, Currency currency);
};

}  // namespace huiqiao::fx
