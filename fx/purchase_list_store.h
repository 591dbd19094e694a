#pragma once
// Which purchases there are, newest first: for eyes. Rows themselves: purchase_store.h.

#include <string>
#include <vector>

#include "src/db/database.h"

namespace huiqiao::fx {

/// Ids, at most so many; of one bank, or of all where it is empty.
std::vector<std::string> newest_purchases(db::Reader& reader, const std::string& bank, int limit);

}  // namespace huiqiao::fx
