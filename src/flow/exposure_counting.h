#pragma once
// What a group changes of the running totals by payout currency (fx/exposure_store.h): counted where orders are taken
// in, where they are saved (save_orders, their one way) and where a deal is booked, and written in that same group.

#include <map>
#include <string>

#include "fx/exposure_store.h"
#include "src/orders/order.h"

namespace huiqiao::flow {

class ExposureCounting {
 public:
    void opened(const orders::Order& order);
    /// Against its stored amounts and the state that it had with them.
    void changed(const orders::Order& order, orders::OrderState before);
    void dealt(const fx::Deal& deal);
    /// As if it had not been dealt.
    void annulled(const fx::Deal& deal);
    void write(db::Group& group) const { fx::ExposureStore::add(group, changes_); }

 private:
    std::map<std::string, fx::ExposureTotals> changes_;  // by currency code
};

}  // namespace huiqiao::flow
