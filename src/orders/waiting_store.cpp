#include "src/orders/waiting_store.h"

namespace huiqiao::orders {

namespace {

// The sums repeat OrderAmounts::convertible() and remittable(); a test holds them against each other.
constexpr db::Select kNeeds{
    "SELECT merchant_id, CASE WHEN waiting LIKE 'convert:%' THEN 1 ELSE 0 END, payout_currency, CAST(SUM(CASE "
    "WHEN waiting LIKE 'convert:%' THEN funded_minor - fee_minor - refunding_minor - refunded_minor - "
    "converting_minor - converted_minor - rest_minor WHEN payout = 'fx' THEN bought_minor - remitting_minor - "
    "remitted_minor ELSE funded_minor - fee_minor - refunding_minor - refunded_minor - converting_minor - "
    "converted_minor - rest_minor - remitting_minor - remitted_minor END) AS SIGNED), MIN(created_at) FROM orders "
    "WHERE waiting > '' GROUP BY merchant_id, waiting, payout_currency ORDER BY merchant_id, waiting",
    "titii"};
constexpr db::Select kAbove{
    "SELECT id, funded_minor - fee_minor - refunding_minor - refunded_minor - converting_minor - converted_minor - "
    "rest_minor FROM orders WHERE waiting = :p1 AND funded_minor - fee_minor - refunding_minor - refunded_minor - "
    "converting_minor - converted_minor - rest_minor > :p2 ORDER BY id LIMIT :p3",
    "ti"};

}  // namespace

std::vector<WaitingNeed> WaitingStore::needs(db::Reader& reader) {
    const db::Found found = reader.select(kNeeds);
    std::vector<WaitingNeed> needs;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const bool converts = found.integer(row, 1) != 0;
        const Currency payout = Currency::known(found.text(row, 2));
        needs.push_back({found.text(row, 0), converts ? Waiting::Convert : Waiting::Remit, payout,
                         Money::of_minor(converts ? Currency::known("CNY") : payout, found.integer(row, 3)),
                         from_us(found.integer(row, 4))});
    }
    return needs;
}

std::vector<WaitingOrder> WaitingStore::above(db::Reader& reader, Currency payout_currency, const Money& cny,
                                              int limit) {
    const db::Found found =
        reader.select(kAbove, {waiting_text(Waiting::Convert, payout_currency), cny.minor(), limit});
    std::vector<WaitingOrder> orders;
    for (std::size_t row = 0; row < found.size(); ++row)
        orders.push_back({found.text(row, 0), Money::of_minor(cny.currency(), found.integer(row, 1))});
    return orders;
}

}  // namespace huiqiao::orders
