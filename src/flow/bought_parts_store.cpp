#include "src/flow/bought_parts_store.h"

#include "src/orders/order_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Select kOldParts{
    "SELECT o.id FROM orders o WHERE o.waiting = :p1 AND o.bought_minor > o.remitting_minor + o.remitted_minor "
    "AND EXISTS (SELECT 1 FROM purchase_allocation a JOIN purchase p ON p.id = a.purchase_id WHERE a.order_id = o.id "
    "AND a.foreign_minor > 0 AND p.dealt_at <= :p2) ORDER BY o.id LIMIT :p3",
    "t"};

}  // namespace

std::vector<std::string> orders_with_old_parts(db::Reader& reader, Currency currency, Instant dealt_before, int limit) {
    std::vector<std::string> ids;
    for (const orders::Waiting what : {orders::Waiting::Convert, orders::Waiting::Quote}) {
        const db::Found found = reader.select(kOldParts, {orders::waiting_text(what, currency), dealt_before, limit});
        for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    }
    return ids;
}

}  // namespace huiqiao::flow
