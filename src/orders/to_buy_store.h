#pragma once
// Orders whose collected CNY is still to be bought with, by the day since which it is and by the currency, for who
// watches that it is done in time. Held orders are among them: the time runs all the same. Every reading goes by an
// index and is bounded by its limit; without locks.

#include <optional>
#include <string>
#include <vector>

#include "src/orders/order_store.h"

namespace huiqiao::orders {

/// Of one day and one currency.
struct ToBuy {
    Date since;
    Currency currency;

    /// "20261120|USD", as the row says it; sorts by the day.
    [[nodiscard]] std::string text() const;
    static ToBuy from_text(std::string_view text);
};

/// Whether the order's CNY is funded, and not all of it dealt: it waits, is held, or is in a purchase under way.
bool is_to_be_bought(const Order& order);

class ToBuyStore {
 public:
    /// All that some order waits for, oldest first.
    static std::vector<ToBuy> all(db::Reader& reader, int limit);
    /// Its oldest orders.
    static std::vector<Order> orders(db::Reader& reader, const ToBuy& what, int limit);
};

}  // namespace huiqiao::orders
