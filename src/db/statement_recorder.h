#pragma once
// What writers write, statement by statement, as the bench captures it to write the very same rows again by the bare
// clients (raw_replay.h). Only where DatabaseSettings::recorder names one; else nothing of this is in the way.
// It keeps whole transactions that committed; reads and locks are left out. One writer at a time.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/db/rows.h"
#include "src/db/statement.h"

namespace huiqiao::db {

class Connection;

/// Rows as one block of memory, so that keeping them disturbs the measured program's own memory little.
class WrittenRows {
 public:
    struct Cell {
        enum class Kind : std::uint8_t { Null, Integer, Text } kind = Kind::Null;
        std::int64_t number = 0;  // or where the text begins
        std::uint32_t length = 0;
    };
    void copy(const Rows& rows);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] const Cell& at(std::size_t row, std::size_t column) const { return cells_[column * size_ + row]; }
    [[nodiscard]] std::string_view text(const Cell& cell) const { return {texts_.data() + cell.number, cell.length}; }

 private:
    std::size_t size_ = 0;
    std::size_t width_ = 0;
    std::vector<Cell> cells_;
    std::string texts_;
};

/// One statement with its values. Texts are the constants of stores.
struct WrittenStatement {
    enum class Kind { Insert, InsertAbsent, Update, Command };
    Kind kind = Kind::Insert;
    Insert insert;                  // Insert, InsertAbsent
    Update update;                  // Update
    std::string_view command;       // Command
    WrittenRows rows;               // all but Command
    std::vector<Value> parameters;  // Command
    std::vector<std::string> list;  // Command
};

struct WrittenTransaction {
    std::vector<WrittenStatement> statements;
};

class StatementRecorder {
 public:
    /// What was committed since the last take, in order.
    std::vector<WrittenTransaction> take() { return std::exchange(committed_, {}); }
    /// Time spent on copying rows since the recorder began: no part of what is measured.
    [[nodiscard]] std::chrono::nanoseconds spent() const { return spent_; }

 private:
    friend class RecordingConnection;
    WrittenTransaction open_;
    std::vector<WrittenTransaction> committed_;
    std::chrono::nanoseconds spent_{0};
};

/// The same connection, with its writes told to the recorder, which outlives it.
std::unique_ptr<Connection> recording(std::unique_ptr<Connection> connection, StatementRecorder& recorder);

}  // namespace huiqiao::db
