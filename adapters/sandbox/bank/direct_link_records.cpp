#include "adapters/sandbox/bank/direct_link_records.h"

namespace huiqiao::sandbox::bank {

namespace {

constexpr db::Command kRecordTable{
    "CREATE TABLE IF NOT EXISTS direct_record (reference TEXT NOT NULL PRIMARY KEY, number TEXT NOT NULL, currency "
    "TEXT NOT NULL, cny_fixed INTEGER NOT NULL, amount_minor INTEGER NOT NULL, cny_account TEXT NOT NULL, "
    "foreign_account TEXT NOT NULL, value_date INTEGER NOT NULL, all_rows INTEGER NOT NULL, rows_taken INTEGER NOT "
    "NULL, rounds INTEGER NOT NULL, taken_minor INTEGER NOT NULL, opened_at INTEGER NOT NULL, shown TEXT NOT NULL, "
    "rejects_at INTEGER NOT NULL) STRICT"};
constexpr db::Command kSerialTable{
    "CREATE TABLE IF NOT EXISTS direct_serial (serial TEXT NOT NULL PRIMARY KEY) STRICT"};

constexpr db::Insert kInsertRecord{"direct_record",
                                   "reference, number, currency, cny_fixed, amount_minor, cny_account, "
                                   "foreign_account, value_date, all_rows, rows_taken, rounds, taken_minor, opened_at, "
                                   "shown, rejects_at",
                                   "tttiittiiiiiiti"};
constexpr db::Command kSaveRecord{
    "UPDATE direct_record SET rows_taken = :p1, rounds = :p2, taken_minor = :p3, shown = :p4, rejects_at = :p5 WHERE "
    "reference = :p6"};
constexpr db::Select kRecord{
    "SELECT reference, number, currency, cny_fixed, amount_minor, cny_account, foreign_account, value_date, all_rows, "
    "rows_taken, rounds, taken_minor, opened_at, shown, rejects_at FROM direct_record WHERE reference = :p1",
    "tttiittiiiiiiti"};
constexpr db::Select kRecords{
    "SELECT reference, number, currency, cny_fixed, amount_minor, cny_account, foreign_account, value_date, all_rows, "
    "rows_taken, rounds, taken_minor, opened_at, shown, rejects_at FROM direct_record ORDER BY reference",
    "tttiittiiiiiiti"};
constexpr db::Select kRejecting{
    "SELECT reference, number, currency, cny_fixed, amount_minor, cny_account, foreign_account, value_date, all_rows, "
    "rows_taken, rounds, taken_minor, opened_at, shown, rejects_at FROM direct_record "
    "WHERE rejects_at > 0 AND rejects_at <= :p1",
    "tttiittiiiiiiti"};
constexpr db::Insert kInsertSerial{"direct_serial", "serial", "t"};
constexpr db::Select kSerial{"SELECT serial FROM direct_serial WHERE serial = :p1", "t"};

std::vector<DirectRecord> records_of(const db::Found& found) {
    std::vector<DirectRecord> records;
    for (std::size_t row = 0; row < found.size(); ++row) {
        records.push_back(DirectRecord{.reference = found.text(row, 0),
                                       .number = found.text(row, 1),
                                       .currency = found.text(row, 2),
                                       .cny_fixed = found.integer(row, 3) != 0,
                                       .amount_minor = found.integer(row, 4),
                                       .cny_account = found.text(row, 5),
                                       .foreign_account = found.text(row, 6),
                                       .value_date = Date::of_number(found.integer(row, 7)),
                                       .all_rows = static_cast<int>(found.integer(row, 8)),
                                       .rows_taken = static_cast<int>(found.integer(row, 9)),
                                       .rounds = static_cast<int>(found.integer(row, 10)),
                                       .taken_minor = found.integer(row, 11),
                                       .opened_at = from_us(found.integer(row, 12)),
                                       .shown = found.text(row, 13),
                                       .rejects_at = from_us(found.integer(row, 14))});
    }
    return records;
}

}  // namespace

void create_direct_tables(db::Tx& tx) {
    tx.execute(kRecordTable);
    tx.execute(kSerialTable);
}

std::optional<DirectRecord> find_record(db::Reader& reader, const std::string& reference) {
    std::vector<DirectRecord> records = records_of(reader.select(kRecord, {reference}));
    return records.empty() ? std::nullopt : std::optional(std::move(records.front()));
}

void insert_record(db::Tx& tx, const DirectRecord& record) {
    db::Rows rows;
    rows.add(record.reference, record.number, record.currency, record.cny_fixed ? 1 : 0, record.amount_minor,
             record.cny_account, record.foreign_account, record.value_date, record.all_rows, record.rows_taken,
             record.rounds, record.taken_minor, record.opened_at, record.shown, record.rejects_at);
    tx.insert(kInsertRecord, rows);
}

void save_record(db::Tx& tx, const DirectRecord& record) {
    tx.execute(kSaveRecord, {record.rows_taken, record.rounds, record.taken_minor, record.shown, record.rejects_at,
                             record.reference});
}

std::vector<DirectRecord> rejecting_records(db::Reader& reader, Instant now) {
    return records_of(reader.select(kRejecting, {now}));
}

std::vector<DirectRecord> all_records(db::Reader& reader) {
    return records_of(reader.select(kRecords));
}

bool take_serial(db::Tx& tx, const std::string& serial) {
    if (!tx.select(kSerial, {serial}).empty()) return false;
    db::Rows rows;
    rows.add(serial);
    tx.insert(kInsertSerial, rows);
    return true;
}

}  // namespace huiqiao::sandbox::bank
