#include "src/orders/to_buy_store.h"

namespace huiqiao::orders {

namespace {

// One step of the index each.
constexpr db::Select kNext{"SELECT to_buy FROM orders WHERE to_buy > :p1 ORDER BY to_buy LIMIT 1", "t"};
constexpr db::Select kOrders{
    "SELECT id, funded_minor - fee_minor - refunding_minor - refunded_minor - converted_minor - rest_minor, "
    "converting_minor, hold_reason, quote_open FROM orders WHERE to_buy = :p1 ORDER BY id LIMIT :p2",
    "tiiti"};

constexpr std::int64_t kUnknownDay = 19700101;  // as the schema marked what stood already

}  // namespace

std::string ToBuy::text() const {
    return std::to_string(since.number()) + "|" + std::string(currency.code());
}

ToBuy ToBuy::from_text(std::string_view text) {
    const std::size_t bar = text.find('|');
    if (bar != 8) throw LogicError("'" + std::string(text) + "' names no day and currency");
    return {Date::of_number(std::stoll(std::string(text.substr(0, bar)))), Currency::known(text.substr(bar + 1))};
}

bool ToBuy::is_day_known() const {
    return since.number() != kUnknownDay;
}

bool is_to_be_bought(const Order& order) {
    if (order.payout != PayoutKind::Fx || order.amounts.paid < order.amounts.due) return false;
    return order.amounts.convertible().is_positive() || order.amounts.converting.is_positive();
}

std::vector<ToBuy> ToBuyStore::behind(db::Reader& reader, std::string_view text, int limit) {
    std::vector<ToBuy> found;
    std::string last(text);
    while (static_cast<int>(found.size()) < limit) {
        const db::Found next = reader.select(kNext, {last});
        if (next.empty()) break;
        last = next.text(0, 0);
        found.push_back(ToBuy::from_text(last));
    }
    return found;
}

std::vector<OrderToBuy> ToBuyStore::orders(db::Reader& reader, const ToBuy& what, int limit) {
    const db::Found found = reader.select(kOrders, {what.text(), limit});
    std::vector<OrderToBuy> orders;
    for (std::size_t row = 0; row < found.size(); ++row) {
        orders.push_back({found.text(row, 0), Money::of_minor(Currency::known("CNY"), found.integer(row, 1)),
                          found.integer(row, 2) > 0, !found.text(row, 3).empty(), found.integer(row, 4) != 0});
    }
    return orders;
}

}  // namespace huiqiao::orders
