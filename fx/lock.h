#pragma once
// A bank's promise to sell at a rate until expires_at. Asking for one moves no money (FX-01). We count a lock as
// expired a margin before the bank does (FX-04). A lock whose outcome stays unknown is given up when its longest
// possible life is over (FX-02), never replaced before.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/rate.h"

namespace huiqiao::fx {

/// Which side of a deal is fixed; the other one floats by the rate.
enum class FixedSide { Cny, Foreign };

enum class LockState {
    Requested,  // the bank is being asked
    Unknown,    // asked, outcome not known: only queried
    Locked,     // promised; the purchase is ordered by it
    Used,       // a deal was made by it
    Expired,    // promised, but not used in time
    Ended,      // promised; what was left was ended at the bank before its time (fx/lock_end.h)
    Lapsed,     // outcome never known; its longest life is over
    Rejected,   // the bank refused, proved
};

enum class LockEvent { Confirmed, Rejected, Unsure, Dealt, TooLate, Ended };

/// nullopt: the event changes nothing in that state.
std::optional<LockState> next(LockState state, LockEvent event);

std::string_view to_text(FixedSide side);
FixedSide fixed_side_from_text(std::string_view text);
std::string_view to_text(LockState state);
LockState lock_state_from_text(std::string_view text);

struct Lock {
    std::string id;
    std::string quote_id;
    std::string purchase_id;
    std::string bank;
    std::string reference;       // ours, random
    std::string bank_reference;  // theirs; empty until locked
    Rate rate;                   // asked for; as the bank confirmed it once locked
    FixedSide fixed_side = FixedSide::Cny;
    Money amount;  // of the fixed side: a ceiling
    Date value_date;
    Instant requested_at{};
    Instant expires_at{};  // by the bank; before it is locked, the longest possible
    LockState state = LockState::Requested;
};

/// Whether the lock may still carry a purchase that is sent at now.
inline bool is_usable(const Lock& lock, Instant now, std::chrono::seconds margin) {
    return lock.state == LockState::Locked && now + margin < lock.expires_at;
}

}  // namespace huiqiao::fx
