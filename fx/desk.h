#pragma once
// Which quote wins: the lowest client rate among the open ones that live long enough, then the one that lives longer,
// then the bank's name. It asks nobody; the quotes are what banks said before.

#include <chrono>
#include <span>

#include "fx/quote.h"

namespace huiqiao::fx {

/// nullptr where none can be used. needed: how long a quote must still live.
const Quote* best(std::span<const Quote> quotes, Instant now, std::chrono::seconds needed);

}  // namespace huiqiao::fx
