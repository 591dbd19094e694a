#pragma once
// What the orders that wait for a worker need, summed by the database: for who watches that nothing waits unseen. It
// reads every order that waits, through their index, without locks; the amounts are those of OrderAmounts.

#include "src/orders/order_store.h"

namespace huiqiao::orders {

/// Of one merchant's orders that wait for the same thing.
struct WaitingNeed {
    std::string merchant_id;
    Waiting what = Waiting::Nothing;
    Currency payout_currency;
    Money amount;      // CNY to convert, or the payout currency to remit
    Instant oldest{};  // of these orders, when it was made
};

/// One order that waits to be converted.
struct WaitingOrder {
    std::string id;
    Money cny;
};

class WaitingStore {
 public:
    /// By merchant.
    static std::vector<WaitingNeed> needs(db::Reader& reader);
    /// Orders that would put more into a purchase than this CNY, oldest first.
    static std::vector<WaitingOrder> above(db::Reader& reader, Currency payout_currency, const Money& cny, int limit);
};

}  // namespace huiqiao::orders
