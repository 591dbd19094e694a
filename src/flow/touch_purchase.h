#pragma once
// Rows and accounts of a purchase that two persons settle as a whole: its lock and lines, orders, merchants and their
// rests, and every account that its deal may post to or a release may touch. Reads only.

#include "src/flow/decision.h"

namespace huiqiao::flow {

/// Of a purchase that is there.
Touched touch_purchase(db::Reader& reader, const std::string& purchase_id);

}  // namespace huiqiao::flow
