#pragma once
// When a webhook that was not taken is tried again (NTF-12): 15 further tries within a day, then two a day until 72
// hours have passed, then it is parked and a person may send it again.

#include <optional>

#include "src/base/date.h"

namespace huiqiao::events {

/// The next try after `attempts` (1 or more) that failed, the last at `now`; nullopt: park it.
std::optional<Instant> next_try(int attempts, Instant created_at, Instant now);

}  // namespace huiqiao::events
