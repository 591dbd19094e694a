#include "src/flow/held_order_store.h"

#include <algorithm>

namespace huiqiao::flow {

namespace {

constexpr db::Insert kInsert{"order_hold", "order_id, reason, subject_id, held_at", "ttti"};
constexpr db::Command kSetReason{"UPDATE order_hold SET reason = :p1 WHERE order_id IN (:list)"};
constexpr db::Command kSetReasonOfSubject{
    "UPDATE order_hold SET reason = :p1 WHERE subject_id = :p2 AND order_id IN (:list)"};
constexpr db::Command kRemove{"DELETE FROM order_hold WHERE order_id IN (:list)"};
constexpr db::Command kRemoveOfSubject{"DELETE FROM order_hold WHERE subject_id = :p1 AND order_id IN (:list)"};
constexpr db::Select kFind{
    "SELECT order_id, reason, subject_id, held_at FROM order_hold WHERE order_id IN (:list) "
    "ORDER BY order_id, held_at, subject_id",
    "ttti"};
constexpr db::Select kCount{"SELECT COUNT(*) FROM order_hold WHERE subject_id = :p1 AND reason = :p2", "i"};
constexpr db::Select kListAll{
    "SELECT order_id, reason, subject_id, held_at FROM order_hold "
    "WHERE order_id > :p1 OR (order_id = :p1 AND subject_id > :p2) ORDER BY order_id, subject_id LIMIT :p3",
    "ttti"};
constexpr db::Select kListOfSubject{
    "SELECT order_id, reason, subject_id, held_at FROM order_hold WHERE subject_id = :p1 AND order_id > :p2 "
    "ORDER BY order_id LIMIT :p3",
    "ttti"};

std::vector<HeldOrder> rows_of(const db::Found& found) {
    std::vector<HeldOrder> rows;
    for (std::size_t row = 0; row < found.size(); ++row) {
        rows.push_back({found.text(row, 0), found.text(row, 1), found.text(row, 2), from_us(found.integer(row, 3))});
    }
    return rows;
}

}  // namespace

void HeldOrders::put(db::Group& group, std::span<const HeldOrder> orders) {
    if (orders.empty()) return;
    db::Rows rows;
    for (const HeldOrder& order : orders) rows.add(order.order_id, order.reason, order.subject_id, group.now);
    group.tx.insert_absent(kInsert, rows);
}

void HeldOrders::set_reason(db::Tx& tx, std::string_view reason, std::string_view subject_id,
                            std::span<const std::string> order_ids) {
    if (subject_id.empty()) tx.execute(kSetReason, {reason}, order_ids);
    if (!subject_id.empty()) tx.execute(kSetReasonOfSubject, {reason, subject_id}, order_ids);
}

void HeldOrders::remove(db::Tx& tx, std::string_view subject_id, std::span<const std::string> order_ids) {
    if (subject_id.empty()) tx.execute(kRemove, {}, order_ids);
    if (!subject_id.empty()) tx.execute(kRemoveOfSubject, {subject_id}, order_ids);
}

std::vector<HeldOrder> HeldOrders::find(db::Reader& reader, std::span<const std::string> order_ids) {
    return rows_of(reader.select(kFind, {}, order_ids));
}

std::int64_t HeldOrders::count(db::Reader& reader, std::string_view subject_id, std::string_view reason) {
    return reader.select(kCount, {subject_id, reason}).integer(0, 0);
}

std::vector<HeldOrder> HeldOrders::list(db::Reader& reader, std::string_view subject_id, std::string_view behind,
                                        int limit) {
    const std::size_t bar = std::min(behind.find('|'), behind.size());
    const std::string_view order = behind.substr(0, bar);
    if (!subject_id.empty()) return rows_of(reader.select(kListOfSubject, {subject_id, order, limit}));
    const std::string_view subject = behind.substr(std::min(bar + 1, behind.size()));
    return rows_of(reader.select(kListAll, {order, subject, limit}));
}

std::string HeldOrders::place_of(const HeldOrder& row) {
    return row.order_id + "|" + row.subject_id;
}

}  // namespace huiqiao::flow
