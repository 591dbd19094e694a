#include "src/orders/to_buy_store.h"

namespace huiqiao::orders {

namespace {

// One step of the index each.
constexpr db::Select kNext{"SELECT to_buy FROM orders WHERE to_buy > :p1 ORDER BY to_buy LIMIT 1", "t"};
constexpr db::Select kOrders{"SELECT id FROM orders WHERE to_buy = :p1 ORDER BY id LIMIT :p2", "t"};

}  // namespace

std::string ToBuy::text() const {
    return std::to_string(since.number()) + "|" + std::string(currency.code());
}

ToBuy ToBuy::from_text(std::string_view text) {
    const std::size_t bar = text.find('|');
    if (bar != 8) throw LogicError("'" + std::string(text) + "' names no day and currency");
    return {Date::of_number(std::stoll(std::string(text.substr(0, bar)))), Currency::known(text.substr(bar + 1))};
}

bool is_to_be_bought(const Order& order) {
    if (order.payout != PayoutKind::Fx || order.amounts.paid < order.amounts.due) return false;
    return order.amounts.convertible().is_positive() || order.amounts.converting.is_positive();
}

std::vector<ToBuy> ToBuyStore::all(db::Reader& reader, int limit) {
    std::vector<ToBuy> found;
    std::string last;
    while (static_cast<int>(found.size()) < limit) {
        const db::Found next = reader.select(kNext, {last});
        if (next.empty()) break;
        last = next.text(0, 0);
        found.push_back(ToBuy::from_text(last));
    }
    return found;
}

std::vector<Order> ToBuyStore::orders(db::Reader& reader, const ToBuy& what, int limit) {
    const db::Found found = reader.select(kOrders, {what.text(), limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return OrderStore::load(reader, ids);
}

}  // namespace huiqiao::orders
