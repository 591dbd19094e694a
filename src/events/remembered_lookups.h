#pragma once
// A resolver that asks for a name at most once a minute where that failed: a dead name server makes every asking wait
// for seconds, and whoever asks holds others up. What a name resolves to is never remembered, since it may lead inside
// the next time.

#include "src/base/clock.h"
#include "src/events/webhook_url.h"

namespace huiqiao::events {

inline constexpr std::chrono::seconds kLookupRests{60};  // after it failed
inline constexpr std::size_t kMostLookupsAtRest = 1024;  // more are forgotten, all at once

/// Any thread. clock outlives it.
Resolve remembering_failures(const Clock& clock, Resolve resolve);

}  // namespace huiqiao::events
