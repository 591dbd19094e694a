#include "src/flow/exposure_recount_store.h"

namespace huiqiao::flow {

namespace {

using fx::Figure;

constexpr db::Select kOrders{
    "SELECT payout_currency, "
    "CAST(SUM(CASE WHEN state IN ('expired', 'cancelled') THEN 0 ELSE due_minor END) AS SIGNED), "
    "CAST(SUM(paid_minor) AS SIGNED), CAST(SUM(fee_minor) AS SIGNED), CAST(SUM(refunding_minor) AS SIGNED), "
    "CAST(SUM(refunded_minor) AS SIGNED), CAST(SUM(converting_minor) AS SIGNED), CAST(SUM(converted_minor) AS SIGNED), "
    "CAST(SUM(rest_minor) AS SIGNED), CAST(SUM(bought_minor) AS SIGNED), CAST(SUM(remitting_minor) AS SIGNED), "
    "CAST(SUM(remitted_minor) AS SIGNED) FROM orders WHERE payout = 'fx' GROUP BY payout_currency",
    "tiiiiiiiiiii"};
constexpr Figure kOfOrders[] = {Figure::Ordered,   Figure::Collected,  Figure::Fees,      Figure::Refunding,
                                Figure::Refunded,  Figure::Converting, Figure::Converted, Figure::Rest,
                                Figure::Allocated, Figure::Remitting,  Figure::Remitted};

// What the bank takes and gives, by the entries of deals; those that it annulled are reversed.
constexpr db::Select kDealt{
    "SELECT u.currency, CAST(SUM(CASE WHEN g.account_id LIKE 'fx_payable:%' THEN g.amount_minor ELSE 0 END) AS "
    "SIGNED), CAST(SUM(CASE WHEN g.account_id LIKE 'fx_receivable:%' THEN g.amount_minor ELSE 0 END) AS SIGNED) "
    "FROM journal_entry e JOIN purchase u ON u.id = e.source_id JOIN posting g ON g.entry_id = e.id "
    "WHERE e.source_type = 'purchase' AND e.kind = 'dealt' AND u.state <> 'annulled' "
    "GROUP BY u.currency",
    "tii"};
constexpr db::Select kAllocated{
    "SELECT u.currency, CAST(SUM(g.amount_minor) AS SIGNED) FROM journal_entry e "
    "JOIN purchase u ON u.id = e.source_id JOIN posting g ON g.entry_id = e.id "
    "WHERE e.source_type = 'purchase' AND e.kind = 'allocated' AND g.direction = 'credit' "
    "AND g.account_id LIKE 'merchant:%' AND g.currency = u.currency GROUP BY u.currency",
    "ti"};
constexpr db::Select kHeld{
    "SELECT u.currency, CAST(SUM(h.amount_minor) AS SIGNED) FROM hold h JOIN purchase u ON u.id = h.subject_id "
    "WHERE h.state = 'open' AND h.account_id LIKE 'merchant:%' GROUP BY u.currency",
    "ti"};
constexpr db::Select kOpenPurchases{
    "SELECT id FROM purchase WHERE state NOT IN ('settled', 'rejected', 'withdrawn', 'annulled') ORDER BY id", "t"};

// Of each lock that the desk holds now what no purchase by it ordered, or dealt.
constexpr db::Select kLeftOfLocks{
    "SELECT l.id, l.currency, l.fixed_side, l.rate_e10, l.rate_text, l.rate_unit, l.value_date, l.amount_minor - "
    "COALESCE((SELECT CAST(SUM(CASE WHEN u.state IN ('rejected', 'withdrawn') THEN 0 "
    "WHEN u.deal_reference <> '' AND l.fixed_side = 'cny' THEN u.dealt_cny_minor "
    "WHEN u.deal_reference <> '' THEN u.dealt_foreign_minor "
    "WHEN l.fixed_side = 'cny' THEN u.cny_minor ELSE u.foreign_minor END) AS SIGNED) "
    "FROM purchase u WHERE u.lock_id = l.id), 0) "
    "FROM fx_lock l WHERE l.purchase_id = '' AND l.state = 'locked' ORDER BY l.id",
    "tttitiii"};

}  // namespace

ExposureCount ExposureRecountStore::count(db::Reader& reader) {
    ExposureCount counted;
    const db::Found orders = reader.select(kOrders);
    for (std::size_t row = 0; row < orders.size(); ++row) {
        fx::ExposureTotals& figures = counted.of_orders[orders.text(row, 0)];
        std::size_t column = 0;
        for (const Figure figure : kOfOrders) figures.at(figure) = orders.integer(row, ++column);
    }
    const auto into = [&](const db::Found& found, std::initializer_list<Figure> figures) {
        for (std::size_t row = 0; row < found.size(); ++row) {
            fx::ExposureTotals& of = counted.of_journal[found.text(row, 0)];
            std::size_t column = 0;
            for (const Figure figure : figures) of.at(figure) = found.integer(row, ++column);
        }
    };
    into(reader.select(kDealt), {Figure::DealtCny, Figure::Dealt});
    into(reader.select(kAllocated), {Figure::Allocated});
    into(reader.select(kHeld), {Figure::Converting});
    const db::Found open = reader.select(kOpenPurchases);
    for (std::size_t row = 0; row < open.size(); ++row) counted.open_purchases.push_back(open.text(row, 0));
    const db::Found locks = reader.select(kLeftOfLocks);
    const Currency cny = Currency::known("CNY");
    for (std::size_t row = 0; row < locks.size(); ++row) {
        const Currency currency = Currency::known(locks.text(row, 1));
        const bool is_cny = fx::fixed_side_from_text(locks.text(row, 2)) == fx::FixedSide::Cny;
        counted.left_of_locks.push_back({locks.text(row, 0),
                                         Money::of_minor(is_cny ? cny : currency, locks.integer(row, 7)),
                                         Rate::of_stored(currency, cny, static_cast<int>(locks.integer(row, 5)),
                                                         locks.integer(row, 3), locks.text(row, 4)),
                                         Date::of_number(locks.integer(row, 6))});
    }
    return counted;
}

}  // namespace huiqiao::flow
