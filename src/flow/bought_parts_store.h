#pragma once
// Orders of which a part was bought some time ago while the rest of their money still waits to be bought with, or is on
// its way: what remit pays out by itself when that takes too long. Read without locks: check again under kOrderLock.
// What is in a purchase of unknown outcome is left out: persons end that, and the order is then bought whole.

#include <string>
#include <vector>

#include "src/base/currency.h"
#include "src/db/database.h"

namespace huiqiao::flow {

/// With more that is not ordered at a bank than was dealt behind that time: what was paid was the oldest of it. Behind
/// the given id ("": from the oldest), oldest orders first.
std::vector<std::string> orders_with_old_parts(db::Reader& reader, Currency currency, Instant dealt_before,
                                               const std::string& behind_id, int limit);

}  // namespace huiqiao::flow
