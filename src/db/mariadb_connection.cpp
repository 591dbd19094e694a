#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "src/base/error.h"
#include "src/db/connection.h"
#include "src/db/statement_text.h"

namespace huiqiao::db {

namespace {

constexpr std::size_t kRowsPerStatement = 512;
constexpr std::size_t kBytesPerStatement = 4 << 20;

Failure failure_of(unsigned number) {
    switch (number) {
        case 1213:                         // deadlock
        case 1205:                         // lock wait
        case 1020: return Failure::Again;  // read since changed (innodb_snapshot_isolation)
        case 1048:                         // null
        case 1062:                         // duplicate key
        case 1153:                         // packet too large
        case 1264:
        case 1265:
        case 1267:  // text that an ascii column cannot be compared with
        case 1292:
        case 1300:
        case 1366:
        case 1406:
        case 1451:
        case 1452:
        case 1644:  // a trigger said no
        case 1690:
        case 3819:
        case 4025: return Failure::Data;
        case 1021:  // disk full
        case 1026:  // error on writing a file
        case 1030:  // error of the storage engine, of a full disk above all
        case 1040:
        case 1047:  // Galera: not primary
        case 1053:
        case 1114:
        case 1180:
        case 1203:
        case 1290:  // read only
        case 1317:
        case 1792:
        case 1836:
        case 1927:  // killed
        case 1969: return Failure::Lost;
        default: return number >= 2000 && number < 3000 ? Failure::Lost : Failure::Bug;
    }
}

/// Texts of these name tables and columns only, never a value.
bool is_text_harmless(unsigned number) {
    return number == 1054 || number == 1146 || number == 1136 || number == 1364 || number == 1142;
}

/// SOCI keeps the type information of its backends to itself, which the sanitizer's check of casts would ask for.
__attribute__((no_sanitize("vptr"))) MYSQL* handle_of(soci::session& session) {
    return static_cast<soci::mysql_session_backend&>(*session.get_backend()).conn_;
}

class MariaDbConnection final : public Connection {
 public:
    MariaDbConnection(const DatabaseSettings& settings, Role role);

    Engine engine() const override { return Engine::MariaDb; }
    bool usable() const override { return usable_; }
    std::uint64_t server_number() const override { return mysql_thread_id(handle_); }
    void begin_read() override { send("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", "BEGIN"); }
    void begin_write() override { send("START TRANSACTION", "BEGIN"); }
    void commit() override;
    void rollback() noexcept override;
    Found select(const Select& select, std::span<const Value> parameters, std::span<const std::string> list,
                 RowLock lock) override;
    void insert(const Insert& insert, const Rows& rows) override;
    std::int64_t insert_absent(const Insert& insert, const Rows& rows) override;
    void update(const Update& update, const Rows& rows) override;
    std::int64_t execute(const Command& command, std::span<const Value> parameters,
                         std::span<const std::string> list) override;
    void run(const std::string& statement) override;
    std::optional<Instant> server_time() override;

 private:
    [[noreturn]] void fail(std::string_view what);
    void send(std::string_view text, std::string_view what);
    void check_settings(Role role);
    void append(const Value& value);
    void append_text(const std::string& text);
    void append_integer(std::int64_t number);
    void append_cut(const Cut& cut, std::span<const Value> parameters, std::span<const std::string> list);
    /// "(…),(…)" of rows from first on, as many as one statement should carry; the row after the last.
    std::size_t append_rows(const Rows& rows, std::size_t first);
    void take_result(const Select& select, Found& found);
    void update_one(const Update& update, const Rows& rows, std::size_t row);
    void require_all_matched(std::size_t rows, std::string_view what);

    soci::session session_;
    MYSQL* handle_ = nullptr;
    std::string text_;  // of the statement in the making; kept for its memory
    std::size_t packet_limit_ = 1 << 20;
    bool usable_ = true;
};

std::string quoted(const std::string& text, std::string_view what) {
    if (text.find_first_of("'\"\\") != std::string::npos) {
        throw DatabaseError(Failure::Bug, 0,
                            "the database's " + std::string(what) + " has quotes or a backslash in it");
    }
    return "'" + text + "'";
}

MariaDbConnection::MariaDbConnection(const DatabaseSettings& settings, Role role) {
    const auto password = settings.password.reveal();
    std::string how = "db=" + quoted(settings.name, "name") + " user=" + quoted(settings.user, "user");
    if (!password.empty()) how += " password=" + quoted(std::string(password.begin(), password.end()), "password");
    if (!settings.socket.empty()) how += " unix_socket=" + quoted(settings.socket, "socket");
    if (settings.socket.empty()) {
        how += " host=" + quoted(settings.host, "host") + " port=" + std::to_string(settings.port);
    }
    const std::string seconds = std::to_string(settings.statement_timeout.count());
    how += " charset=utf8mb4 connect_timeout=5 read_timeout=" + seconds + " write_timeout=" + seconds;
    try {
        session_.open(soci::mysql, how);
    } catch (const soci::mysql_soci_error& error) {
        throw DatabaseError(Failure::Lost, static_cast<int>(error.err_num_),
                            "MariaDB cannot be reached: error " + std::to_string(error.err_num_));
    } catch (const soci::soci_error&) {
        throw DatabaseError(Failure::Bug, 0, "the settings of the MariaDB connection are wrong");
    }
    handle_ = handle_of(session_);
    check_settings(role);
}

void MariaDbConnection::check_settings(Role role) {
    run("SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
        "collation_connection = utf8mb4_nopad_bin, innodb_lock_wait_timeout = 5, time_zone = '+00:00', autocommit = 1");
    run(std::string("SET SESSION TRANSACTION ISOLATION LEVEL ") +
        (role == Role::Writes ? "READ COMMITTED" : "REPEATABLE READ"));
    const Found set = select({"SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@sync_binlog, "
                              "@@character_set_client, @@character_set_connection, @@max_allowed_packet",
                              "iiitti"},
                             {}, {}, RowLock::None);
    if (set.integer(0, 0) != 1) {
        throw DatabaseError(Failure::Bug, 0, "MariaDB must run with innodb_flush_log_at_trx_commit=1");
    }
    if (set.integer(0, 1) != 0 && set.integer(0, 2) != 1) {
        throw DatabaseError(Failure::Bug, 0, "MariaDB with a binary log must run with sync_binlog=1");
    }
    if (set.text(0, 3) != "utf8mb4" || set.text(0, 4) != "utf8mb4") {
        throw DatabaseError(Failure::Bug, 0, "the MariaDB connection must speak utf8mb4");
    }
    packet_limit_ = static_cast<std::size_t>(set.integer(0, 5));
}

void MariaDbConnection::fail(std::string_view what) {
    const unsigned number = mysql_errno(handle_);
    const Failure failure = failure_of(number);
    if (failure == Failure::Lost || failure == Failure::Bug) usable_ = false;
    std::string text = "MariaDB error " + std::to_string(number) + " in: " + std::string(what);
    if (is_text_harmless(number)) text += std::string(" (") + mysql_error(handle_) + ")";
    throw DatabaseError(failure, static_cast<int>(number), text);
}

void MariaDbConnection::send(std::string_view text, std::string_view what) {
    if (text.size() + 1 >= packet_limit_) {
        throw DatabaseError(Failure::Data, 1153, "larger than max_allowed_packet: " + std::string(what));
    }
    if (mysql_real_query(handle_, text.data(), static_cast<unsigned long>(text.size())) != 0) fail(what);
}

void MariaDbConnection::run(const std::string& statement) {
    if (mysql_real_query(handle_, statement.data(), static_cast<unsigned long>(statement.size())) != 0) {
        const unsigned number = mysql_errno(handle_);
        if (failure_of(number) == Failure::Lost) usable_ = false;
        throw DatabaseError(
            failure_of(number), static_cast<int>(number),
            "MariaDB error " + std::to_string(number) + " (" + mysql_error(handle_) + ") in: " + statement);
    }
    if (MYSQL_RES* rows = mysql_store_result(handle_)) mysql_free_result(rows);
}

void MariaDbConnection::commit() {
    if (mysql_real_query(handle_, "COMMIT", 6) == 0) return;
    const unsigned number = mysql_errno(handle_);
    const Failure failure = failure_of(number) == Failure::Again ? Failure::Again : Failure::Unknown;
    if (failure == Failure::Unknown) usable_ = false;
    throw DatabaseError(failure, static_cast<int>(number), "MariaDB error " + std::to_string(number) + " in: COMMIT");
}

void MariaDbConnection::rollback() noexcept {
    if (!usable_) return;  // it is closed next, which ends its transaction
    if (mysql_real_query(handle_, "ROLLBACK", 8) != 0) usable_ = false;
}

std::optional<Instant> MariaDbConnection::server_time() {
    const Found now =
        select({"SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)", "i"}, {}, {}, RowLock::None);
    return from_us(now.integer(0, 0));
}

void MariaDbConnection::append_integer(std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void MariaDbConnection::append_text(const std::string& text) {
    // The client library escapes by the connection's own character set and SQL mode, both fixed at open.
    const std::size_t from = text_.size();
    text_.resize(from + 2 * text.size() + 2);
    text_[from] = '\'';
    const unsigned long length = mysql_real_escape_string(handle_, text_.data() + from + 1, text.data(),
                                                          static_cast<unsigned long>(text.size()));
    text_[from + 1 + length] = '\'';
    text_.resize(from + length + 2);
}

void MariaDbConnection::append(const Value& value) {
    if (value.is_null()) {
        text_ += "NULL";
    } else if (value.is_integer()) {
        append_integer(value.integer());
    } else {
        append_text(value.text());
    }
}

void MariaDbConnection::append_cut(const Cut& cut, std::span<const Value> parameters,
                                   std::span<const std::string> list) {
    for (std::size_t at = 0; at < cut.pieces.size(); ++at) {
        text_ += cut.pieces[at];
        if (at == cut.placeholders.size()) break;
        const int placeholder = cut.placeholders[at];
        if (placeholder > 0) {
            append(parameters[static_cast<std::size_t>(placeholder) - 1]);
            continue;
        }
        for (std::size_t of_list = 0; of_list < list.size(); ++of_list) {
            if (of_list != 0) text_ += ',';
            append_text(list[of_list]);
        }
    }
}

std::size_t MariaDbConnection::append_rows(const Rows& rows, std::size_t first) {
    const std::size_t end = std::min(rows.size(), first + kRowsPerStatement);
    const std::size_t bytes = std::min(kBytesPerStatement, packet_limit_ / 2);
    std::size_t row = first;
    for (; row < end; ++row) {
        if (row != first && text_.size() > bytes) break;
        text_ += row == first ? "(" : ",(";
        for (std::size_t column = 0; column < rows.width(); ++column) {
            if (column != 0) text_ += ',';
            append(rows.column(column)[row]);
        }
        text_ += ')';
    }
    return row;
}

void MariaDbConnection::take_result(const Select& select, Found& found) {
    MYSQL_RES* rows = mysql_store_result(handle_);
    if (rows == nullptr) fail(select.text);
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> kept(rows, &mysql_free_result);
    if (mysql_num_fields(rows) != select.kinds.size()) {
        throw LogicError("the kinds do not fit the columns of: " + std::string(select.text));
    }
    while (MYSQL_ROW row = mysql_fetch_row(rows)) {
        const unsigned long* lengths = mysql_fetch_lengths(rows);
        for (std::size_t column = 0; column < select.kinds.size(); ++column) {
            const char kind = select.kinds[column];
            const char* text = row[column];
            if (text == nullptr) {
                if (kind == 'i' || kind == 't') throw LogicError("a null came out of: " + std::string(select.text));
                found.push(Value());
            } else if (kind == 'i' || kind == 'I') {
                std::int64_t number = 0;
                const auto read = std::from_chars(text, text + lengths[column], number);
                if (read.ec != std::errc() || read.ptr != text + lengths[column]) {
                    throw LogicError("no 64-bit integer came out of: " + std::string(select.text));
                }
                found.push(number);
            } else {
                found.push(std::string(text, lengths[column]));
            }
        }
    }
}

Found MariaDbConnection::select(const Select& select, std::span<const Value> parameters,
                                std::span<const std::string> list, RowLock lock) {
    Found found(select.kinds.size());
    const Cut parts = cut(select.text);
    require_placeholders(parts, parameters.size(), list.size(), select.text);
    const bool has_list = parts.has_list();
    if (has_list) found.reserve(list.size());  // mostly a row each
    std::size_t from = 0;
    while (from < (has_list ? list.size() : 1)) {
        const auto round = has_list ? list.subspan(from, std::min(kLargestList, list.size() - from)) : list;
        text_.clear();
        append_cut(parts, parameters, round);
        if (lock == RowLock::Share) text_ += " LOCK IN SHARE MODE";
        if (lock == RowLock::Exclusive) text_ += " FOR UPDATE";
        send(text_, select.text);
        take_result(select, found);
        from += has_list ? round.size() : 1;
    }
    return found;
}

void MariaDbConnection::insert(const Insert& insert, const Rows& rows) {
    if (rows.empty()) return;
    require_kinds(rows, insert.kinds, insert.table);
    const std::string what = "INSERT INTO " + std::string(insert.table);
    for (std::size_t row = 0; row < rows.size();) {
        text_.assign(what).append(" (").append(insert.columns).append(") VALUES ");
        row = append_rows(rows, row);
        send(text_, what);
    }
}

std::int64_t MariaDbConnection::insert_absent(const Insert& insert, const Rows& rows) {
    if (rows.empty()) return 0;
    require_kinds(rows, insert.kinds, insert.table);
    const std::string what = "INSERT IGNORE INTO " + std::string(insert.table);
    std::int64_t inserted = 0;
    for (std::size_t row = 0; row < rows.size();) {
        text_.assign(what).append(" (").append(insert.columns).append(") VALUES ");
        const std::size_t first = row;
        row = append_rows(rows, row);
        send(text_, what);
        const auto now = static_cast<std::int64_t>(mysql_affected_rows(handle_));
        // IGNORE makes warnings of all errors, of a text cut short too. Each row left out has one; any more is harm.
        const auto left_out = static_cast<std::int64_t>(row - first) - now;
        if (static_cast<std::int64_t>(mysql_warning_count(handle_)) != left_out) {
            throw DatabaseError(Failure::Data, 1265, "a value does not fit its column in: " + what);
        }
        inserted += now;
    }
    return inserted;
}

/// All rows stand and are locked, so the insert never happens: it is the one statement that changes many rows to
/// different values by their keys. A row that was missing shows in the count of duplicates.
void MariaDbConnection::update(const Update& update, const Rows& rows) {
    if (rows.empty()) return;
    require_kinds(rows, update.kinds, update.table);
    const std::string what = "UPDATE " + std::string(update.table);
    for (std::size_t row = 0; row < rows.size();) {
        if (rows.size() - row == 1) return update_one(update, rows, row);
        text_.assign("INSERT INTO ").append(update.table).append(" (").append(update.key);
        const std::vector<std::string_view> sets = split_names(update.sets);
        for (const std::string_view set : sets) text_.append(",").append(set.front() == '+' ? set.substr(1) : set);
        text_ += ") VALUES ";
        const std::size_t first = row;
        row = append_rows(rows, row);
        text_ += " ON DUPLICATE KEY UPDATE ";
        for (const std::string_view set : sets) {
            if (set.data() != sets.front().data()) text_ += ',';
            const bool adds = set.front() == '+';
            const std::string_view name = adds ? set.substr(1) : set;
            text_.append(name).append("=");
            if (adds) text_.append(name).append("+");
            text_.append("VALUES(").append(name).append(")");
        }
        send(text_, what);
        if (row - first == 1) throw LogicError(what + ": one row alone is too large");
        require_all_matched(row - first, what);
    }
}

void MariaDbConnection::update_one(const Update& update, const Rows& rows, std::size_t row) {
    const std::string what = "UPDATE " + std::string(update.table);
    text_.assign(what).append(" SET ");
    std::size_t column = 1;
    for (const std::string_view set : split_names(update.sets)) {
        const bool adds = set.front() == '+';
        const std::string_view name = adds ? set.substr(1) : set;
        if (column != 1) text_ += ',';
        text_.append(name).append("=");
        if (adds) text_.append(name).append("+");
        append(rows.column(column++)[row]);
    }
    text_.append(" WHERE ").append(update.key).append("=");
    append(rows.column(0)[row]);
    send(text_, what);
    if (mysql_affected_rows(handle_) != 1) throw LogicError(what + ": a row was not there");
}

/// The server says "Records: 3  Duplicates: 3  Warnings: 0"; with found rows, duplicates are rows that matched.
void MariaDbConnection::require_all_matched(std::size_t rows, std::string_view what) {
    const char* said = mysql_info(handle_);
    const std::string_view words = said == nullptr ? std::string_view() : said;
    constexpr std::string_view kWord = "Duplicates: ";
    const std::size_t at = words.find(kWord);
    std::size_t matched = 0;
    if (at != std::string_view::npos) {
        std::from_chars(words.data() + at + kWord.size(), words.data() + words.size(), matched);
    }
    if (matched != rows) throw LogicError(std::string(what) + ": a row was not there");
}

std::int64_t MariaDbConnection::execute(const Command& command, std::span<const Value> parameters,
                                        std::span<const std::string> list) {
    const Cut parts = cut(command.text);
    require_placeholders(parts, parameters.size(), list.size(), command.text);
    const bool has_list = parts.has_list();
    std::int64_t changed = 0;
    std::size_t from = 0;
    while (from < (has_list ? list.size() : 1)) {
        const auto round = has_list ? list.subspan(from, std::min(kLargestList, list.size() - from)) : list;
        text_.clear();
        append_cut(parts, parameters, round);
        send(text_, command.text);
        changed += static_cast<std::int64_t>(mysql_affected_rows(handle_));
        from += has_list ? round.size() : 1;
    }
    return changed;
}

}  // namespace

std::unique_ptr<Connection> open_mariadb(const DatabaseSettings& settings, Role role) {
    return std::make_unique<MariaDbConnection>(settings, role);
}

}  // namespace huiqiao::db
