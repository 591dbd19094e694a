#include "adapters/sandbox/bank/lock_end_rows.h"

namespace huiqiao::sandbox::bank {

namespace {

constexpr db::Command kCostTable{
    "CREATE TABLE IF NOT EXISTS fx_end_cost (reference TEXT NOT NULL PRIMARY KEY, body_hash TEXT NOT NULL, "
    "offer_no TEXT NOT NULL, lock_no TEXT NOT NULL, way TEXT NOT NULL, amount_minor INTEGER NOT NULL, "
    "pays_minor INTEGER NOT NULL, gets_minor INTEGER NOT NULL, cny_account TEXT NOT NULL, "
    "stands_until INTEGER NOT NULL, code TEXT NOT NULL, price_e4 INTEGER NOT NULL, expires_at INTEGER NOT NULL, "
    "value_date INTEGER NOT NULL, currency TEXT NOT NULL, unit INTEGER NOT NULL) STRICT"};
constexpr db::Command kEndTable{
    "CREATE TABLE IF NOT EXISTS fx_end (reference TEXT NOT NULL PRIMARY KEY, body_hash TEXT NOT NULL, "
    "status TEXT NOT NULL, end_no TEXT NOT NULL, offer_no TEXT NOT NULL, pays_minor INTEGER NOT NULL, "
    "gets_minor INTEGER NOT NULL, cny_account TEXT NOT NULL, code TEXT NOT NULL, due_at INTEGER NOT NULL, "
    "settled INTEGER NOT NULL) STRICT"};

constexpr db::Command kCostByNoIndex{"CREATE INDEX IF NOT EXISTS fx_end_cost_by_no ON fx_end_cost (offer_no)"};
constexpr db::Command kEndByOfferIndex{"CREATE INDEX IF NOT EXISTS fx_end_by_offer ON fx_end (offer_no)"};
constexpr db::Command kEndByDueIndex{"CREATE INDEX IF NOT EXISTS fx_end_by_due ON fx_end (settled, due_at)"};

constexpr db::Insert kInsertCost{"fx_end_cost",
                                 "reference, body_hash, offer_no, lock_no, way, amount_minor, pays_minor, gets_minor, "
                                 "cny_account, stands_until, code, price_e4, expires_at, value_date, currency, unit",
                                 "tttttiiititiiiti"};
constexpr db::Select kCost{
    "SELECT reference, body_hash, offer_no, lock_no, way, amount_minor, pays_minor, gets_minor, cny_account, "
    "stands_until, code, price_e4, expires_at, value_date, currency, unit FROM fx_end_cost WHERE reference = :p1",
    "tttttiiititiiiti"};
constexpr db::Select kCostByNo{
    "SELECT reference, body_hash, offer_no, lock_no, way, amount_minor, pays_minor, gets_minor, cny_account, "
    "stands_until, code, price_e4, expires_at, value_date, currency, unit FROM fx_end_cost WHERE offer_no = :p1",
    "tttttiiititiiiti"};

constexpr db::Command kRepriceCost{"UPDATE fx_end_cost SET price_e4 = :p1 WHERE reference = :p2"};

constexpr db::Insert kInsertEnd{
    "fx_end",
    "reference, body_hash, status, end_no, offer_no, pays_minor, gets_minor, cny_account, code, due_at, settled",
    "tttttiittii"};
constexpr db::Command kSaveEnd{
    "UPDATE fx_end SET status = :p1, end_no = :p2, due_at = :p3, settled = :p4 WHERE reference = :p5"};
constexpr db::Select kEnd{
    "SELECT reference, body_hash, status, end_no, offer_no, pays_minor, gets_minor, cny_account, code, due_at, settled "
    "FROM fx_end WHERE reference = :p1",
    "tttttiittii"};
constexpr db::Select kUsed{"SELECT reference FROM fx_end WHERE offer_no = :p1 AND status <> 'rejected'", "t"};
constexpr db::Select kDueEnds{
    "SELECT reference, body_hash, status, end_no, offer_no, pays_minor, gets_minor, cny_account, code, due_at, settled "
    "FROM fx_end WHERE status <> 'rejected' AND settled = 0 AND due_at <= :p1 ORDER BY due_at, reference LIMIT :p2",
    "tttttiittii"};
constexpr db::Select kAllEnds{
    "SELECT reference, body_hash, status, end_no, offer_no, pays_minor, gets_minor, cny_account, code, due_at, settled "
    "FROM fx_end ORDER BY reference",
    "tttttiittii"};

std::optional<EndCostRow> cost_of(const db::Found& found) {
    if (found.empty()) return std::nullopt;
    return EndCostRow{.reference = found.text(0, 0),
                      .body_hash = found.text(0, 1),
                      .offer_no = found.text(0, 2),
                      .lock_no = found.text(0, 3),
                      .way = found.text(0, 4),
                      .amount_minor = found.integer(0, 5),
                      .pays_minor = found.integer(0, 6),
                      .gets_minor = found.integer(0, 7),
                      .cny_account = found.text(0, 8),
                      .stands_until = from_us(found.integer(0, 9)),
                      .code = found.text(0, 10),
                      .price_e4 = found.integer(0, 11),
                      .expires_at = from_us(found.integer(0, 12)),
                      .value_date = Date::of_number(found.integer(0, 13)),
                      .currency = found.text(0, 14),
                      .unit = static_cast<int>(found.integer(0, 15))};
}

std::vector<EndRow> ends_of(const db::Found& found) {
    std::vector<EndRow> ends;
    for (std::size_t row = 0; row < found.size(); ++row) {
        ends.push_back(EndRow{found.text(row, 0), found.text(row, 1), found.text(row, 2), found.text(row, 3),
                              found.text(row, 4), found.integer(row, 5), found.integer(row, 6), found.text(row, 7),
                              found.text(row, 8), from_us(found.integer(row, 9)), found.integer(row, 10) != 0});
    }
    return ends;
}

}  // namespace

void create_lock_end_tables(db::Tx& tx) {
    tx.execute(kCostTable);
    tx.execute(kEndTable);
    tx.execute(kCostByNoIndex);
    tx.execute(kEndByOfferIndex);
    tx.execute(kEndByDueIndex);
}

std::optional<EndCostRow> find_cost(db::Reader& reader, const std::string& reference) {
    return cost_of(reader.select(kCost, {reference}));
}
std::optional<EndCostRow> find_cost_by_no(db::Reader& reader, const std::string& offer_no) {
    if (offer_no.empty()) return std::nullopt;  // refused ones have none
    return cost_of(reader.select(kCostByNo, {offer_no}));
}

void insert_cost(db::Tx& tx, const EndCostRow& cost) {
    db::Rows rows;
    rows.add(cost.reference, cost.body_hash, cost.offer_no, cost.lock_no, cost.way, cost.amount_minor, cost.pays_minor,
             cost.gets_minor, cost.cny_account, cost.stands_until, cost.code, cost.price_e4, cost.expires_at,
             cost.value_date, cost.currency, cost.unit);
    tx.insert(kInsertCost, rows);
}

void reprice_cost(db::Tx& tx, const EndCostRow& cost) {
    tx.execute(kRepriceCost, {cost.price_e4, cost.reference});
}

std::optional<EndRow> find_end(db::Reader& reader, const std::string& reference) {
    std::vector<EndRow> ends = ends_of(reader.select(kEnd, {reference}));
    return ends.empty() ? std::nullopt : std::optional(std::move(ends.front()));
}

bool is_used(db::Reader& reader, const std::string& offer_no) {
    return !reader.select(kUsed, {offer_no}).empty();
}

void insert_end(db::Tx& tx, const EndRow& end) {
    db::Rows rows;
    rows.add(end.reference, end.body_hash, end.status, end.end_no, end.offer_no, end.pays_minor, end.gets_minor,
             end.cny_account, end.code, end.due_at, end.settled ? 1 : 0);
    tx.insert(kInsertEnd, rows);
}

void save_end(db::Tx& tx, const EndRow& end) {
    tx.execute(kSaveEnd, {end.status, end.end_no, end.due_at, end.settled ? 1 : 0, end.reference});
}

std::vector<EndRow> due_ends(db::Reader& reader, Instant now, int limit) {
    return ends_of(reader.select(kDueEnds, {now, limit}));
}
std::vector<EndRow> all_ends(db::Reader& reader) {
    return ends_of(reader.select(kAllEnds));
}

}  // namespace huiqiao::sandbox::bank
