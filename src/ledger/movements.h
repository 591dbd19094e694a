#pragma once
// What one call of the ledger changes on each balance row, so that a row is updated once. Private to this room.

#include <cstdint>
#include <string>
#include <unordered_map>

#include "src/ledger/ledger.h"

namespace huiqiao::ledger {

struct Movement {
    std::int64_t balance = 0;  // in the account's normal sign
    std::int64_t held = 0;
    bool guarded = false;
};

/// LogicError where the sum leaves 64 bits.
inline void add_checked(std::int64_t& sum, std::int64_t amount, const std::string& account_id) {
    if (__builtin_add_overflow(sum, amount, &sum)) throw LogicError("a sum overflows on " + account_id);
}

struct Ledger::Movements {
    std::unordered_map<std::string, Movement> of;
};

}  // namespace huiqiao::ledger
