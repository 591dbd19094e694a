#pragma once
// Ending an order that was not paid, by cancel or by expiry: the same rows are touched and the same thing happens to
// its open payments. Private to the two verbs.

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "src/db/write_queue.h"
#include "src/flow/close_trade.h"
#include "src/orders/order_store.h"
#include "src/orders/payment.h"

namespace huiqiao::flow {

/// Locks the orders, their payments and the calls that place these at the channel, found before the group began.
class UnpaidOrders {
 public:
    void find(db::Reader& reader, std::span<const std::string> order_ids);
    void lock(db::Locks& locks) const;
    /// Closes the open payments of these orders (locked). Money that comes later is the payment's own matter (NTF-07).
    /// What the channel was not told of yet it is never told. NeedLock where a payment was made since find().
    /// What it has is closed there, by a call in this group; what it may have heard of is closed when it answers.
    void close_payments(db::Group& group, const CloseTrades& trades, std::span<const std::string> order_ids) const;

 private:
    /// Payments whose call had not left and never will.
    std::set<std::string> withdraw_calls(db::Group& group, std::span<const orders::Payment> payments) const;

    std::vector<std::string> order_ids_;
    std::vector<std::string> payment_ids_;
    std::multimap<std::string, std::string> calls_;  // payment -> calls that place it
};

/// Nothing was paid and nothing ended it before.
bool may_end_unpaid(const orders::Order& order);

}  // namespace huiqiao::flow
