#include "adapters/sandbox/bank/fx_deals.h"

namespace huiqiao::sandbox::bank {

namespace {

constexpr db::Command kLockTable{
    "CREATE TABLE IF NOT EXISTS fx_lock_given (reference TEXT NOT NULL PRIMARY KEY, body_hash TEXT NOT NULL, "
    "lock_no TEXT NOT NULL, currency TEXT NOT NULL, unit INTEGER NOT NULL, price_e4 INTEGER NOT NULL, "
    "fixed_side TEXT NOT NULL, amount_minor INTEGER NOT NULL, value_date INTEGER NOT NULL, expires_at INTEGER NOT "
    "NULL, "
    "used INTEGER NOT NULL, code TEXT NOT NULL) STRICT"};
constexpr db::Command kDealTable{
    "CREATE TABLE IF NOT EXISTS fx_deal (reference TEXT NOT NULL PRIMARY KEY, body_hash TEXT NOT NULL, "
    "status TEXT NOT NULL, deal_no TEXT NOT NULL, lock_reference TEXT NOT NULL, currency TEXT NOT NULL, "
    "unit INTEGER NOT NULL, price_e4 INTEGER NOT NULL, cny_minor INTEGER NOT NULL, foreign_minor INTEGER NOT NULL, "
    "value_date INTEGER NOT NULL, cny_account TEXT NOT NULL, foreign_account TEXT NOT NULL, code TEXT NOT NULL, "
    "due_at INTEGER NOT NULL, settled INTEGER NOT NULL) STRICT"};

constexpr db::Insert kInsertLock{"fx_lock_given",
                                 "reference, body_hash, lock_no, currency, unit, price_e4, fixed_side, amount_minor, "
                                 "value_date, expires_at, used, code",
                                 "ttttiitiiiit"};
constexpr db::Select kLock{
    "SELECT reference, body_hash, lock_no, currency, unit, price_e4, fixed_side, amount_minor, value_date, expires_at, "
    "used, code FROM fx_lock_given WHERE reference = :p1",
    "ttttiitiiiit"};
constexpr db::Select kLockByNo{
    "SELECT reference, body_hash, lock_no, currency, unit, price_e4, fixed_side, amount_minor, value_date, expires_at, "
    "used, code FROM fx_lock_given WHERE lock_no = :p1",
    "ttttiitiiiit"};
constexpr db::Command kUseLock{"UPDATE fx_lock_given SET used = used + :p1 WHERE reference = :p2"};
constexpr db::Command kRollLock{
    "UPDATE fx_lock_given SET price_e4 = :p1, expires_at = :p2, value_date = :p3 WHERE reference = :p4"};

constexpr db::Insert kInsertDeal{
    "fx_deal",
    "reference, body_hash, status, deal_no, lock_reference, currency, unit, price_e4, cny_minor, foreign_minor, "
    "value_date, cny_account, foreign_account, code, due_at, settled",
    "ttttttiiiiitttii"};
constexpr db::Command kSaveDeal{
    "UPDATE fx_deal SET status = :p1, deal_no = :p2, due_at = :p3, settled = :p4 WHERE reference = :p5"};
constexpr db::Select kDeal{
    "SELECT reference, body_hash, status, deal_no, lock_reference, currency, unit, price_e4, cny_minor, foreign_minor, "
    "value_date, cny_account, foreign_account, code, due_at, settled FROM fx_deal WHERE reference = :p1",
    "ttttttiiiiitttii"};
constexpr db::Select kDue{
    "SELECT reference, body_hash, status, deal_no, lock_reference, currency, unit, price_e4, cny_minor, foreign_minor, "
    "value_date, cny_account, foreign_account, code, due_at, settled FROM fx_deal "
    "WHERE status <> 'rejected' AND settled = 0 AND due_at <= :p1 ORDER BY due_at, reference LIMIT :p2",
    "ttttttiiiiitttii"};
constexpr db::Select kAll{
    "SELECT reference, body_hash, status, deal_no, lock_reference, currency, unit, price_e4, cny_minor, foreign_minor, "
    "value_date, cny_account, foreign_account, code, due_at, settled FROM fx_deal ORDER BY reference",
    "ttttttiiiiitttii"};
constexpr db::Select kPromised{
    "SELECT COALESCE(SUM(cny_minor), 0) FROM fx_deal WHERE cny_account = :p1 AND status <> 'rejected' AND settled = 0",
    "i"};

std::optional<FxLockRow> lock_of(const db::Found& found) {
    if (found.empty()) return std::nullopt;
    return FxLockRow{found.text(0, 0),
                     found.text(0, 1),
                     found.text(0, 2),
                     found.text(0, 3),
                     static_cast<int>(found.integer(0, 4)),
                     found.integer(0, 5),
                     found.text(0, 6),
                     found.integer(0, 7),
                     Date::of_number(found.integer(0, 8)),
                     from_us(found.integer(0, 9)),
                     found.integer(0, 10),
                     found.text(0, 11)};
}

std::vector<FxDealRow> deals_of(const db::Found& found) {
    std::vector<FxDealRow> deals;
    for (std::size_t row = 0; row < found.size(); ++row) {
        deals.push_back(FxDealRow{found.text(row, 0), found.text(row, 1), found.text(row, 2), found.text(row, 3),
                                  found.text(row, 4), found.text(row, 5), static_cast<int>(found.integer(row, 6)),
                                  found.integer(row, 7), found.integer(row, 8), found.integer(row, 9),
                                  Date::of_number(found.integer(row, 10)), found.text(row, 11), found.text(row, 12),
                                  found.text(row, 13), from_us(found.integer(row, 14)), found.integer(row, 15) != 0});
    }
    return deals;
}

}  // namespace

void create_fx_tables(db::Tx& tx) {
    tx.execute(kLockTable);
    tx.execute(kDealTable);
}

std::optional<FxLockRow> find_lock(db::Reader& reader, const std::string& reference) {
    return lock_of(reader.select(kLock, {reference}));
}
std::optional<FxLockRow> find_lock_by_no(db::Reader& reader, const std::string& lock_no) {
    if (lock_no.empty()) return std::nullopt;  // refused ones have none
    return lock_of(reader.select(kLockByNo, {lock_no}));
}

void insert_lock(db::Tx& tx, const FxLockRow& lock) {
    db::Rows rows;
    rows.add(lock.reference, lock.body_hash, lock.lock_no, lock.currency, lock.unit, lock.price_e4, lock.fixed_side,
             lock.amount_minor, lock.value_date, lock.expires_at, lock.used_minor, lock.code);
    tx.insert(kInsertLock, rows);
}

void use_lock(db::Tx& tx, const std::string& reference, std::int64_t minor) {
    tx.execute(kUseLock, {minor, reference});
}

void roll_lock(db::Tx& tx, const std::string& reference, std::int64_t price_e4, Instant expires_at, Date value_date) {
    tx.execute(kRollLock, {price_e4, expires_at, value_date, reference});
}

std::optional<FxDealRow> find_deal(db::Reader& reader, const std::string& reference) {
    std::vector<FxDealRow> deals = deals_of(reader.select(kDeal, {reference}));
    return deals.empty() ? std::nullopt : std::optional(std::move(deals.front()));
}

void insert_deal(db::Tx& tx, const FxDealRow& deal) {
    db::Rows rows;
    rows.add(deal.reference, deal.body_hash, deal.status, deal.deal_no, deal.lock_reference, deal.currency, deal.unit,
             deal.price_e4, deal.cny_minor, deal.foreign_minor, deal.value_date, deal.cny_account, deal.foreign_account,
             deal.code, deal.due_at, deal.settled ? 1 : 0);
    tx.insert(kInsertDeal, rows);
}

void save_deal(db::Tx& tx, const FxDealRow& deal) {
    tx.execute(kSaveDeal, {deal.status, deal.deal_no, deal.due_at, deal.settled ? 1 : 0, deal.reference});
}

std::vector<FxDealRow> due_deals(db::Reader& reader, Instant now, int limit) {
    return deals_of(reader.select(kDue, {now, limit}));
}
std::vector<FxDealRow> all_deals(db::Reader& reader) {
    return deals_of(reader.select(kAll));
}

std::int64_t promised_cny(db::Reader& reader, const std::string& cny_account) {
    return reader.select(kPromised, {cny_account}).integer(0, 0);
}

}  // namespace huiqiao::sandbox::bank
