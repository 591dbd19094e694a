#pragma once
// How far sending is behind (RSC-08): for those who watch the service. It mends nothing.

#include <optional>
#include <string_view>

#include "src/db/database.h"

namespace huiqiao::calls {

/// When the oldest call to this counterparty was made that should have left and has not, among the 10,000 first due.
std::optional<Instant> oldest_unsent(db::Reader& reader, std::string_view counterparty, Instant now);

}  // namespace huiqiao::calls
