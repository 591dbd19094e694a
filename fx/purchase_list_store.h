#pragma once
// Which purchases there are, newest first, and how far one is shared out among its orders: for eyes. Rows themselves:
// purchase_store.h.

#include <string>
#include <vector>

#include "fx/purchase.h"
#include "src/db/database.h"

namespace huiqiao::fx {

/// Ids, at most so many; of one bank, or of all where it is empty.
std::vector<std::string> newest_purchases(db::Reader& reader, const std::string& bank, int limit);

/// What the orders of one purchase spent and got together; by the index over its own lines.
struct Allocated {
    Money cny;
    Money foreign;
};
Allocated allocated_of(db::Reader& reader, const Purchase& purchase);

}  // namespace huiqiao::fx
