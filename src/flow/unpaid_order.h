#pragma once
// Ending an order that was not paid, by cancel or by expiry: the same rows are touched and the same thing happens to
// its open payments. Private to the two verbs.

#include <string>
#include <vector>

#include "src/db/write_queue.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {

/// Locks the orders and their payments, found before the group began.
class UnpaidOrders {
 public:
    void find(db::Reader& reader, std::span<const std::string> order_ids);
    void lock(db::Locks& locks) const;
    /// Closes the open payments of these orders (locked). Money that comes later is the payment's own matter (NTF-07).
    /// NeedLock where a payment was made since find().
    void close_payments(db::Group& group, std::span<const std::string> order_ids) const;

 private:
    std::vector<std::string> order_ids_;
    std::vector<std::string> payment_ids_;
};

/// Nothing was paid and nothing ended it before.
bool may_end_unpaid(const orders::Order& order);

}  // namespace huiqiao::flow
