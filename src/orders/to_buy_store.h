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
    /// False: its money came before days were kept.
    [[nodiscard]] bool is_day_known() const;
};

/// Of an order, what tells how much waits and what keeps it back.
struct OrderToBuy {
    std::string id;
    Money cny;  // in a purchase under way, or in none
    bool is_under_way = false;
    bool is_held = false;
    bool is_quoted = false;  // its quote is still to be looked at
};

/// Whether the order's CNY is funded, and not all of it dealt: it waits, is held, or is in a purchase under way.
bool is_to_be_bought(const Order& order);

class ToBuyStore {
 public:
    /// All that some order waits for behind that text, oldest first. A day's number stands before all of that day.
    static std::vector<ToBuy> behind(db::Reader& reader, std::string_view text, int limit);
    /// Its oldest orders.
    static std::vector<OrderToBuy> orders(db::Reader& reader, const ToBuy& what, int limit);
};

}  // namespace huiqiao::orders
