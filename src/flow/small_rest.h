#pragma once
// CNY that a partial fill leaves an order, and that buys at most one smallest unit at any bank once its charge is
// taken: no bank deals in it, and the payee would get a payment of a cent. It is the order's rest, its merchant's
// money, and goes along with the merchant's next purchase.

#include "src/flow/convert_parts.h"

namespace huiqiao::flow {

/// At the rate that was just dealt: one unit of margin, since the next rate may be a little dearer. False of nothing.
bool is_small_rest(const ConvertParts& parts, const Money& cny, const Rate& rate);

}  // namespace huiqiao::flow
