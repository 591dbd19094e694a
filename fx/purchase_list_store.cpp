#include "fx/purchase_list_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Select kNewest{"SELECT id FROM purchase ORDER BY id DESC LIMIT :p1", "t"};
constexpr db::Select kNewestOf{"SELECT id FROM purchase WHERE bank = :p1 ORDER BY id DESC LIMIT :p2", "t"};
constexpr db::Select kAllocated{
    "SELECT CAST(COALESCE(SUM(cny_minor), 0) AS SIGNED), CAST(COALESCE(SUM(foreign_minor), 0) AS SIGNED) FROM "
    "purchase_allocation WHERE purchase_id = :p1",
    "ii"};

}  // namespace

std::vector<std::string> newest_purchases(db::Reader& reader, const std::string& bank, int limit) {
    const db::Found found = bank.empty() ? reader.select(kNewest, {limit}) : reader.select(kNewestOf, {bank, limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

Allocated allocated_of(db::Reader& reader, const Purchase& purchase) {
    const db::Found found = reader.select(kAllocated, {purchase.id});
    return {Money::of_minor(Currency::known("CNY"), found.integer(0, 0)),
            Money::of_minor(purchase.currency, found.integer(0, 1))};
}

}  // namespace huiqiao::fx
