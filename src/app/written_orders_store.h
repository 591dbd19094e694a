#pragma once
// What the load commands compare with what was acknowledged to them. Reading only.

#include <set>
#include <string>

#include "src/db/database.h"

namespace huiqiao::app {

/// The platforms' own numbers of all orders.
std::set<std::string> written_order_numbers(db::Reader& reader);

}  // namespace huiqiao::app
