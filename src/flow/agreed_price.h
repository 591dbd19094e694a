#pragma once
// The last look at a quote before money is put in for the order that took it: a price that was agreed with a platform
// and is over by now is not bought past silently. Its order goes back to be looked at (check_quotes.h), where its
// merchant's rule says what becomes of it. One that lapsed before was dealt with by that rule and is not asked about
// again. The orders are under lock.

#include <set>
#include <span>
#include <string>
#include <vector>

#include "src/db/write_queue.h"
#include "src/orders/order.h"

namespace huiqiao::flow {

/// Ids of those orders whose agreed price is over.
std::set<std::string> with_price_over(db::Reader& reader, std::span<const orders::Order> orders, Instant now);

/// Nothing is bought for them until their quotes were looked at again.
void look_at_quotes_again(db::Group& group, std::vector<orders::Order> orders);

}  // namespace huiqiao::flow
