#pragma once
// Ids sort by time (id.h), so a stretch of time is a stretch of ids, which a primary key finds.

#include <string>
#include <string_view>

#include "src/base/date.h"

namespace huiqiao {

/// No id of this prefix that was made at the instant or later sorts before it; every earlier one does.
std::string earliest_id(std::string_view prefix, Instant at);

}  // namespace huiqiao
