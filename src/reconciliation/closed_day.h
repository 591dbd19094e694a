#pragma once
// What a bank said of a day that it has closed: its first word and every later one that is not the same. All of them
// stand for ever as evidence; the newest counts. Decides nothing; who writes has locked the account's reading place.

#include <optional>
#include <string>

#include "src/db/database.h"
#include "src/reconciliation/statement.h"

namespace huiqiao::reconciliation {

struct ClosedWord {
    Date day;
    std::int64_t number = 0;
    Money opening;
    Money closing;
    int corrections = 0;  // words after the first

    [[nodiscard]] ClosedDay as_closed() const { return {day, number, closing}; }
    [[nodiscard]] bool says(const Statement& statement) const {
        return number == statement.number && opening == statement.opening && closing == statement.balance;
    }
};

/// The newest word; none where the reading has not closed that day.
std::optional<ClosedWord> closed_word(db::Reader& reader, const std::string& account, Date day);
void insert_first_word(db::Tx& tx, const Statement& statement, std::size_t lines, const std::string& call_id);
/// statement: what the bank says now; before: the newest word until now.
void insert_correction(db::Tx& tx, const Statement& statement, const ClosedWord& before, const std::string& call_id,
                       Instant now);
/// So many lines of that day are here now.
void save_line_count(db::Tx& tx, const Statement& statement, std::size_t lines);

}  // namespace huiqiao::reconciliation
