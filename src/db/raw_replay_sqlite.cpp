#include <sqlite3.h>

#include <string>
#include <unordered_map>

#include "src/db/raw_replay.h"
#include "src/db/statement_text.h"

namespace huiqiao::db {

namespace {

class RawSqlite final : public RawReplay {
 public:
    explicit RawSqlite(const DatabaseSettings& settings) {
        check(sqlite3_open(settings.path.c_str(), &handle_), "open");
        for (const char* pragma :
             {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
              "PRAGMA recursive_triggers = ON", "PRAGMA wal_autocheckpoint = 32000", "PRAGMA cache_size = -65536",
              "PRAGMA temp_store = MEMORY", "PRAGMA busy_timeout = 10000"}) {
            check(sqlite3_exec(handle_, pragma, nullptr, nullptr, nullptr), pragma);
        }
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
    }
    ~RawSqlite() override {
        for (const auto& [key, statement] : prepared_) sqlite3_finalize(statement);
        sqlite3_finalize(begin_);
        sqlite3_finalize(commit_);
        sqlite3_close(handle_);
    }

    void run(const WrittenTransaction& transaction) override {
        step(begin_, "BEGIN");
        for (const WrittenStatement& statement : transaction.statements) {
            if (statement.kind == WrittenStatement::Kind::Command) {
                run_command(statement);
            } else {
                run_rows(statement);
            }
        }
        step(commit_, "COMMIT");
    }

 private:
    static void check(int result, std::string_view what) {
        if (result == SQLITE_OK) return;
        throw DatabaseError(Failure::Bug, result,
                            "raw SQLite error " + std::to_string(result) + " in: " + std::string(what));
    }
    sqlite3_stmt* prepare(const std::string& text) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(handle_, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr), text);
        return statement;
    }
    static void step(sqlite3_stmt* statement, std::string_view what) {
        const int result = sqlite3_step(statement);
        if (result != SQLITE_DONE) check(result == SQLITE_OK ? SQLITE_ERROR : result, what);
        sqlite3_reset(statement);
    }
    static void bind(sqlite3_stmt* statement, int at, const Value& value) {
        if (value.is_null()) {
            sqlite3_bind_null(statement, at);
        } else if (value.is_integer()) {
            sqlite3_bind_int64(statement, at, value.integer());
        } else {
            bind(statement, at, std::string_view(value.text()));
        }
    }
    static void bind(sqlite3_stmt* statement, int at, const WrittenRows& rows, const WrittenRows::Cell& cell) {
        switch (cell.kind) {
            case WrittenRows::Cell::Kind::Null: sqlite3_bind_null(statement, at); break;
            case WrittenRows::Cell::Kind::Integer: sqlite3_bind_int64(statement, at, cell.number); break;
            case WrittenRows::Cell::Kind::Text: bind(statement, at, rows.text(cell)); break;
        }
    }
    static void bind(sqlite3_stmt* statement, int at, std::string_view text) {
        sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }

    static std::string text_of(const WrittenStatement& statement) {
        if (statement.kind == WrittenStatement::Kind::Update) {
            std::string text = "UPDATE " + std::string(statement.update.table) + " SET ";
            int at = 2;
            for (const std::string_view set : split_names(statement.update.sets)) {
                const std::string name(set.front() == '+' ? set.substr(1) : set);
                if (at > 2) text += ", ";
                text += name + " = " + (set.front() == '+' ? name + " + " : "") + "?" + std::to_string(at++);
            }
            return text + " WHERE " + std::string(statement.update.key) + " = ?1";
        }
        std::string text = "INSERT INTO " + std::string(statement.insert.table) + " (" +
                           std::string(statement.insert.columns) + ") VALUES (?";
        for (std::size_t at = 1; at < statement.rows.width(); ++at) text += ",?";
        return text + (statement.kind == WrittenStatement::Kind::InsertAbsent ? ") ON CONFLICT DO NOTHING" : ")");
    }

    sqlite3_stmt* prepared(const WrittenStatement& statement) {
        const bool updates = statement.kind == WrittenStatement::Kind::Update;
        key_.assign(1, static_cast<char>('0' + static_cast<int>(statement.kind)));
        key_.append(updates ? statement.update.table : statement.insert.table).append(" ");
        key_.append(updates ? statement.update.sets : statement.insert.columns);
        sqlite3_stmt*& kept = prepared_[key_];
        if (kept == nullptr) kept = prepare(text_of(statement));
        return kept;
    }

    void run_rows(const WrittenStatement& written) {
        sqlite3_stmt* statement = prepared(written);
        for (std::size_t row = 0; row < written.rows.size(); ++row) {
            for (std::size_t column = 0; column < written.rows.width(); ++column) {
                bind(statement, static_cast<int>(column) + 1, written.rows, written.rows.at(row, column));
            }
            step(statement, "rows");
        }
    }

    void run_command(const WrittenStatement& written) {
        const Cut parts = cut(written.command);
        std::string text;
        for (std::size_t at = 0; at < parts.pieces.size(); ++at) {
            text += parts.pieces[at];
            if (at == parts.placeholders.size()) break;
            if (parts.placeholders[at] > 0) {
                text += "?" + std::to_string(parts.placeholders[at]);
                continue;
            }
            for (std::size_t of_list = 0; of_list < written.list.size(); ++of_list) {
                text += (of_list == 0 ? "?" : ",?") + std::to_string(written.parameters.size() + 1 + of_list);
            }
        }
        sqlite3_stmt*& statement = prepared_["c" + text];
        if (statement == nullptr) statement = prepare(text);
        int at = 0;
        for (const Value& value : written.parameters) bind(statement, ++at, value);
        for (const std::string& value : written.list) bind(statement, ++at, std::string_view(value));
        step(statement, text);
    }

    sqlite3* handle_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    std::unordered_map<std::string, sqlite3_stmt*> prepared_;
    std::string key_;
};

}  // namespace

std::unique_ptr<RawReplay> open_raw_sqlite(const DatabaseSettings& settings) {
    return std::make_unique<RawSqlite>(settings);
}

}  // namespace huiqiao::db
