#include "src/flow/bought_parts_store.h"

#include <algorithm>

#include "src/orders/order_store.h"

namespace huiqiao::flow {

namespace {

// What is bought at all is asked first: of what waits, few are, and the sum of the young parts is read for each.
constexpr db::Select kOldParts{
    "SELECT o.id FROM orders o WHERE o.waiting = :p1 AND o.id > :p2 AND o.bought_minor > o.remitting_minor + "
    "o.remitted_minor AND o.bought_minor - o.remitting_minor - o.remitted_minor > (SELECT "
    "COALESCE(SUM(a.foreign_minor), 0) FROM purchase_allocation a JOIN purchase p ON p.id = "
    "a.purchase_id WHERE a.order_id = o.id AND p.dealt_at > :p3) ORDER BY o.id LIMIT :p4",
    "t"};

}  // namespace

std::vector<std::string> orders_with_old_parts(db::Reader& reader, Currency currency, Instant dealt_before,
                                               const std::string& behind_id, int limit) {
    std::vector<std::string> ids;
    for (const orders::Waiting what : {orders::Waiting::Convert, orders::Waiting::Quote, orders::Waiting::Part}) {
        const db::Found found =
            reader.select(kOldParts, {orders::waiting_text(what, currency), behind_id, dealt_before, limit});
        for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    }
    std::sort(ids.begin(), ids.end());
    if (ids.size() > static_cast<std::size_t>(limit)) ids.resize(static_cast<std::size_t>(limit));
    return ids;
}

}  // namespace huiqiao::flow
