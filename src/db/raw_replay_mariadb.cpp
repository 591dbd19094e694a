#include <mysql.h>

#include <charconv>
#include <string>

#include "src/db/raw_replay.h"
#include "src/db/statement_text.h"

namespace huiqiao::db {

namespace {

class RawMariaDb final : public RawReplay {
 public:
    explicit RawMariaDb(const DatabaseSettings& settings) : handle_(mysql_init(nullptr)) {
        const auto secret = settings.password.reveal();
        const std::string password(secret.begin(), secret.end());
        mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        if (mysql_real_connect(handle_, settings.host.empty() ? nullptr : settings.host.c_str(), settings.user.c_str(),
                               password.c_str(), settings.name.c_str(), static_cast<unsigned>(settings.port),
                               settings.socket.empty() ? nullptr : settings.socket.c_str(), 0) == nullptr) {
            fail();
        }
        send(
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
            "collation_connection = utf8mb4_nopad_bin");
        send("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    }
    ~RawMariaDb() override { mysql_close(handle_); }

    void run(const WrittenTransaction& transaction) override {
        send("START TRANSACTION");
        for (const WrittenStatement& statement : transaction.statements) {
            switch (statement.kind) {
                case WrittenStatement::Kind::Insert: insert(statement, "INSERT INTO "); break;
                case WrittenStatement::Kind::InsertAbsent: insert(statement, "INSERT IGNORE INTO "); break;
                case WrittenStatement::Kind::Update: update(statement); break;
                case WrittenStatement::Kind::Command: command(statement); break;
            }
        }
        send("COMMIT");
    }

 private:
    [[noreturn]] void fail() {
        const unsigned number = mysql_errno(handle_);
        throw DatabaseError(Failure::Bug, static_cast<int>(number),
                            "raw MariaDB error " + std::to_string(number) + ": " + mysql_error(handle_));
    }
    void send(std::string_view text) {
        if (mysql_real_query(handle_, text.data(), static_cast<unsigned long>(text.size())) != 0) fail();
    }
    void append(std::string_view text) {
        const std::size_t from = text_.size();
        text_.resize(from + 2 * text.size() + 2);
        text_[from] = '\'';
        const unsigned long length = mysql_real_escape_string(handle_, text_.data() + from + 1, text.data(),
                                                              static_cast<unsigned long>(text.size()));
        text_[from + 1 + length] = '\'';
        text_.resize(from + length + 2);
    }
    void append(std::int64_t number) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        text_.append(digits, static_cast<std::size_t>(end - digits));
    }
    void append(const Value& value) {
        if (value.is_null()) {
            text_ += "NULL";
        } else if (value.is_integer()) {
            append(value.integer());
        } else {
            append(std::string_view(value.text()));
        }
    }
    void append(const WrittenRows& rows, const WrittenRows::Cell& cell) {
        switch (cell.kind) {
            case WrittenRows::Cell::Kind::Null: text_ += "NULL"; break;
            case WrittenRows::Cell::Kind::Integer: append(cell.number); break;
            case WrittenRows::Cell::Kind::Text: append(rows.text(cell)); break;
        }
    }
    void append_rows(const WrittenRows& rows) {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            text_ += row == 0 ? "(" : ",(";
            for (std::size_t column = 0; column < rows.width(); ++column) {
                if (column != 0) text_ += ',';
                append(rows, rows.at(row, column));
            }
            text_ += ')';
        }
    }

    void insert(const WrittenStatement& written, std::string_view verb) {
        text_.assign(verb).append(written.insert.table).append(" (").append(written.insert.columns).append(") VALUES ");
        append_rows(written.rows);
        send(text_);
    }
    void update(const WrittenStatement& written) {
        const std::vector<std::string_view> sets = split_names(written.update.sets);
        text_.assign("INSERT INTO ").append(written.update.table).append(" (").append(written.update.key);
        for (const std::string_view set : sets) text_.append(",").append(set.front() == '+' ? set.substr(1) : set);
        text_ += ") VALUES ";
        append_rows(written.rows);
        text_ += " ON DUPLICATE KEY UPDATE ";
        for (std::size_t at = 0; at < sets.size(); ++at) {
            const bool adds = sets[at].front() == '+';
            const std::string_view name = adds ? sets[at].substr(1) : sets[at];
            text_.append(at == 0 ? "" : ",").append(name).append("=");
            if (adds) text_.append(name).append("+");
            text_.append("VALUES(").append(name).append(")");
        }
        send(text_);
    }
    void command(const WrittenStatement& written) {
        const Cut parts = cut(written.command);
        text_.clear();
        for (std::size_t at = 0; at < parts.pieces.size(); ++at) {
            text_ += parts.pieces[at];
            if (at == parts.placeholders.size()) break;
            if (parts.placeholders[at] > 0) {
                append(written.parameters[static_cast<std::size_t>(parts.placeholders[at]) - 1]);
                continue;
            }
            for (std::size_t of_list = 0; of_list < written.list.size(); ++of_list) {
                if (of_list != 0) text_ += ',';
                append(std::string_view(written.list[of_list]));
            }
        }
        send(text_);
    }

    MYSQL* handle_;
    std::string text_;
};

constexpr Select kSqliteTables{
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", "t"};
constexpr Select kMariaDbTables{
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name", "t"};

}  // namespace

std::unique_ptr<RawReplay> open_raw_mariadb(const DatabaseSettings& settings) {
    return std::make_unique<RawMariaDb>(settings);
}

std::unique_ptr<RawReplay> open_raw_replay(const DatabaseSettings& settings) {
    return settings.engine == Engine::Sqlite ? open_raw_sqlite(settings) : open_raw_mariadb(settings);
}

std::string row_counts(Database& database) {
    std::string counts;
    database.read([&](Reader& reader) {
        const Found tables = reader.select(reader.engine() == Engine::Sqlite ? kSqliteTables : kMariaDbTables);
        for (std::size_t row = 0; row < tables.size(); ++row) {
            const std::string text = "SELECT COUNT(*) FROM " + tables.text(row, 0);
            counts += tables.text(row, 0) + " " + std::to_string(reader.select({text, "i"}).integer(0, 0)) + "\n";
        }
    });
    return counts;
}

}  // namespace huiqiao::db
