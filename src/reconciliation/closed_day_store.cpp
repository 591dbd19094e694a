#include "src/db/database.h"
#include "src/reconciliation/closed_day.h"

namespace huiqiao::reconciliation {
namespace {

constexpr db::Insert kInsertFirst{
    "statement", "id, call_id, account, day, statement_number, currency, opening_minor, closing_minor, line_count",
    "tttiitiii"};
constexpr db::Insert kInsertCorrection{"statement_correction",
                                       "id, statement_id, correction_no, call_id, statement_number, currency, "
                                       "opening_minor, closing_minor, said_at",
                                       "ttititiii"};
constexpr db::Select kFirst{
    "SELECT statement_number, currency, opening_minor, closing_minor, 0 FROM statement WHERE id = :p1", "itiii"};
constexpr db::Select kNewest{
    "SELECT statement_number, currency, opening_minor, closing_minor, correction_no FROM statement_correction WHERE "
    "statement_id = :p1 ORDER BY correction_no DESC LIMIT 1",
    "itiii"};
constexpr db::Update kSaveLineCount{"statement", "id", "line_count", "ti"};

std::string id_of(const std::string& account, Date day) {
    return account + "|" + std::to_string(day.number());
}

}  // namespace

std::optional<ClosedWord> closed_word(db::Reader& reader, const std::string& account, Date day) {
    db::Found found = reader.select(kNewest, {id_of(account, day)});
    if (found.empty()) found = reader.select(kFirst, {id_of(account, day)});
    if (found.empty()) return std::nullopt;
    const Currency currency = Currency::known(found.text(0, 1));
    return ClosedWord{.day = day,
                      .number = found.integer(0, 0),
                      .opening = Money::of_minor(currency, found.integer(0, 2)),
                      .closing = Money::of_minor(currency, found.integer(0, 3)),
                      .corrections = static_cast<int>(found.integer(0, 4))};
}

void insert_first_word(db::Tx& tx, const Statement& statement, std::size_t lines, const std::string& call_id) {
    db::Rows rows;
    rows.add(id_of(statement.account, statement.day), call_id, statement.account, statement.day, statement.number,
             statement.opening.currency().code(), statement.opening.minor(), statement.balance.minor(), lines);
    tx.insert(kInsertFirst, rows);
}

void insert_correction(db::Tx& tx, const Statement& statement, const ClosedWord& before, const std::string& call_id,
                       Instant now) {
    const std::string first = id_of(statement.account, statement.day);
    const int number = before.corrections + 1;
    db::Rows rows;
    rows.add(first + "|" + std::to_string(number), first, number, call_id, statement.number,
             statement.opening.currency().code(), statement.opening.minor(), statement.balance.minor(), now);
    tx.insert(kInsertCorrection, rows);
}

void save_line_count(db::Tx& tx, const Statement& statement, std::size_t lines) {
    db::Rows rows;
    rows.add(id_of(statement.account, statement.day), lines);
    tx.update(kSaveLineCount, rows);
}

}  // namespace huiqiao::reconciliation
