#pragma once
// Orders that wait for a worker, for who watches that nothing waits unseen. Every reading goes by an index and is
// bounded by its limit, however many orders wait; without locks.

#include <string>
#include <string_view>
#include <vector>

#include "src/orders/order_store.h"

namespace huiqiao::orders {

/// What orders wait for: "convert:USD", "part:EUR", "remit:EUR", "quote:USD".
struct WaitingFor {
    Waiting what = Waiting::Nothing;
    Currency payout_currency;

    [[nodiscard]] std::string text() const { return waiting_text(what, payout_currency); }
    /// It is bought: a part too is paid out once it waited long enough for the rest.
    [[nodiscard]] bool is_paid_out() const { return what == Waiting::Remit || what == Waiting::Part; }
    /// Of the merchant's account: CNY to convert, or the payout currency to remit.
    [[nodiscard]] Currency paid_in() const { return is_paid_out() ? payout_currency : Currency::known("CNY"); }
    /// What one such order needs.
    [[nodiscard]] Money need_of(const Order& order) const {
        return is_paid_out() ? order.amounts.remittable(order.payout) : order.amounts.convertible();
    }
};

class WaitingStore {
 public:
    /// All that any order waits for once its money is here, and its quote, if it took one, was looked at; in the order
    /// of their texts.
    static std::vector<WaitingFor> kinds(db::Reader& reader);
    /// Where orders wait for the look at their quotes, in any currency, configured or not; in the order of their texts.
    static std::vector<WaitingFor> quote_kinds(db::Reader& reader);
    /// The oldest orders that wait for it, behind the given id ("": from the oldest).
    static std::vector<Order> orders(db::Reader& reader, const WaitingFor& kind, std::string_view behind_id, int limit);
    static std::vector<Order> orders_of(db::Reader& reader, const WaitingFor& kind, std::string_view merchant_id,
                                        int limit);
    /// Merchants with such orders, by id, behind the given one.
    static std::vector<std::string> merchants(db::Reader& reader, const WaitingFor& kind, std::string behind_id,
                                              int limit);
};

}  // namespace huiqiao::orders
