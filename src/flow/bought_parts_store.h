#pragma once
// Orders of which a part was bought some time ago while the rest of their money still waits to be bought with: what
// remit pays out by itself when that takes too long. Read without locks: check again under kOrderLock. What is in a
// purchase of unknown outcome is left out: persons end that, and the order is then bought whole.

#include <string>
#include <vector>

#include "src/base/currency.h"
#include "src/db/database.h"

namespace huiqiao::flow {

/// Bought, and not yet ordered at a bank, with a part dealt at that time or before; oldest orders first.
std::vector<std::string> orders_with_old_parts(db::Reader& reader, Currency currency, Instant dealt_before, int limit);

}  // namespace huiqiao::flow
