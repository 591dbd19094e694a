#include "adapters/sandbox/bank/transfers.h"

#include "src/http/json_writer.h"

namespace huiqiao::sandbox::bank {

namespace {

constexpr db::Command kTable{
    "CREATE TABLE IF NOT EXISTS bank_transfer (id TEXT NOT NULL PRIMARY KEY, bank TEXT NOT NULL, body TEXT NOT NULL, "
    "due_at INTEGER NOT NULL) STRICT"};
constexpr db::Insert kInsert{"bank_transfer", "id, bank, body, due_at", "ttti"};
constexpr db::Select kDue{
    "SELECT id, bank, body FROM bank_transfer WHERE due_at > 0 AND due_at <= :p1 ORDER BY due_at, id LIMIT 100", "ttt"};
constexpr db::Command kNextAt{"UPDATE bank_transfer SET due_at = :p1 WHERE id = :p2"};

constexpr std::chrono::seconds kPause{60};

}  // namespace

void create_transfer_table(db::Tx& tx) {
    tx.execute(kTable);
}

void put_transfer(db::Tx& tx, const std::string& bank, const std::string& account, const std::string& id,
                  const Booking& debit, Instant now) {
    http::JsonWriter body;
    body.open_object().field("deposit_id", id).field("account", account).field("amount", debit.amount);
    body.field("reference", debit.end_to_end).field("narrative", debit.narrative).close_object();
    db::Rows rows;
    rows.add(id, bank, body.take(), to_us(now));
    tx.insert(kInsert, rows);
}

std::vector<Sending> transfers_due(db::Reader& reader, Instant now) {
    std::vector<Sending> due;
    const db::Found found = reader.select(kDue, {now});
    for (std::size_t row = 0; row < found.size(); ++row) {
        Sending sending{found.text(row, 0), found.text(row, 1), http::Method::Post, "/internal/deposits", {},
                        found.text(row, 2)};
        sending.headers.set("Content-Type", "application/json");
        due.push_back(std::move(sending));
    }
    return due;
}

void transfer_sent(db::Tx& tx, const std::string& id, bool is_taken, Instant now) {
    tx.execute(kNextAt, {is_taken ? std::int64_t{0} : to_us(now + kPause), id});
}

}  // namespace huiqiao::sandbox::bank
