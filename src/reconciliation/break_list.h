#pragma once
// Open breaks in pages, oldest first: by the instant they were opened and their id, behind those given.

#include <string_view>
#include <vector>

#include "src/db/database.h"
#include "src/reconciliation/break.h"

namespace huiqiao::reconciliation {

std::vector<Break> open_breaks_behind(db::Reader& reader, Instant opened_at, std::string_view id, int limit);

}  // namespace huiqiao::reconciliation
