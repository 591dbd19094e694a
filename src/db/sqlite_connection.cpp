#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <unordered_map>

#include "src/base/error.h"
#include "src/db/connection.h"
#include "src/db/file_system.h"
#include "src/db/statement_text.h"

namespace huiqiao::db {

namespace {

namespace sql = ::sqlite_api;  // where SOCI puts sqlite3.h

Failure failure_of(int number) {
    switch (number) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL: return Failure::Again;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG: return Failure::Data;
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_CORRUPT:
        case SQLITE_READONLY:
        case SQLITE_NOTADB:
        case SQLITE_NOMEM: return Failure::Lost;
        default: return Failure::Bug;
    }
}

/// SOCI keeps the type information of its backends to itself, which the sanitizer's check of casts would ask for.
__attribute__((no_sanitize("vptr"))) sql::sqlite3* handle_of(soci::session& session) {
    return static_cast<soci::sqlite3_session_backend&>(*session.get_backend()).conn_;
}

// Pages of 4 KiB. Indexes with random keys change the same pages again and again; the fewer times the log is copied
// into the file, the fewer times each of them is. A log of 130 MB is read by a start after a crash in less than half a
// second.
constexpr int kLog = 32'000;
constexpr int kLongLog = 4 * kLog;

/// A prepared statement kept for the life of the connection.
struct Prepared {
    sql::sqlite3_stmt* statement = nullptr;
    std::size_t width = 0;  // of its list
};

/// A text of select() or execute(), cut once, with its statement for each width that its list was given.
struct Text {
    Cut cut;                                // into the key under which it is kept
    std::array<Prepared, 5> by_list_width;  // none, 1, 8, 64, 512
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// Lets go of the bound texts, which belong to the caller, and of the read snapshot.
class Use {
 public:
    explicit Use(sql::sqlite3_stmt* statement) : statement_(statement) {}
    ~Use() {
        sql::sqlite3_reset(statement_);
        sql::sqlite3_clear_bindings(statement_);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

 private:
    sql::sqlite3_stmt* statement_;
};

class SqliteConnection final : public Connection {
 public:
    SqliteConnection(const DatabaseSettings& settings, Role role);
    ~SqliteConnection() override {
        for (auto& [key, prepared] : prepared_) sql::sqlite3_finalize(prepared.statement);
        for (auto& [key, text] : texts_) {
            for (Prepared& prepared : text.by_list_width) sql::sqlite3_finalize(prepared.statement);
        }
    }

    Engine engine() const override { return Engine::Sqlite; }
    bool usable() const override { return usable_; }
    void begin_read() override { run("BEGIN"); }
    void begin_write() override { run("BEGIN IMMEDIATE"); }
    void commit() override;
    int log_pages() const override { return log_pages_; }
    void leave_log() override { copy_log_at_ = kLongLog; }
    void rollback() noexcept override;
    Found select(const Select& select, std::span<const Value> parameters, std::span<const std::string> list,
                 RowLock lock) override;
    void insert(const Insert& insert, const Rows& rows) override { write_rows(insert, rows, 'i'); }
    std::int64_t insert_absent(const Insert& insert, const Rows& rows) override {
        return write_rows(insert, rows, 'a');
    }
    void update(const Update& update, const Rows& rows) override;
    std::int64_t execute(const Command& command, std::span<const Value> parameters,
                         std::span<const std::string> list) override;
    void run(const std::string& statement) override;
    std::optional<Instant> server_time() override { return std::nullopt; }

 private:
    [[noreturn]] void fail(int result, std::string_view what);
    Prepared& prepared(char kind, std::string_view text, const Insert* insert, const Update* update);
    Text& text_of(std::string_view text);
    Prepared& prepared(Text& text, std::size_t width);
    sql::sqlite3_stmt* prepare(const std::string& text);
    void bind(sql::sqlite3_stmt* statement, int at, const Value& value, std::string_view what);
    void bind_all(Prepared& prepared, std::span<const Value> parameters, std::span<const std::string> list,
                  std::string_view what);
    std::int64_t write_rows(const Insert& insert, const Rows& rows, char kind);
    /// Binds a row to ?1, ?2 … and runs it; how many rows changed.
    int write_row(sql::sqlite3_stmt* statement, const Rows& rows, std::size_t row, std::string_view what);
    void push_row(sql::sqlite3_stmt* statement, const Select& select, Found& found);
    std::int64_t asked(const std::string& pragma);
    /// SQLite's own rule for when a COMMIT copies the log, with a bound that can be moved.
    static int committed(void* self, sql::sqlite3* handle, const char* name, int pages);

    soci::session session_;
    sql::sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, Prepared> prepared_;
    std::unordered_map<std::string, Text, TextHash, std::equal_to<>> texts_;
    std::string key_;  // kept for its memory
    bool usable_ = true;
    int log_pages_ = 0;
    int copy_log_at_ = kLog;
};

SqliteConnection::SqliteConnection(const DatabaseSettings& settings, Role role) {
    if (settings.path.empty() || settings.path.find_first_of("\"'") != std::string::npos) {
        throw DatabaseError(Failure::Bug, 0, "the path of the database is empty or has quotes in it");
    }
    require_local_file(settings.path);
    // A connection is one thread's at a time, so SQLite need not lock at each bind and each column. Before the first
    // use of SQLite in the process; later it changes nothing.
    static const int once = sql::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)once;
    try {
        session_.open(soci::sqlite3, "dbname=\"" + settings.path + "\" timeout=10");
    } catch (const soci::soci_error&) {
        throw DatabaseError(Failure::Lost, SQLITE_CANTOPEN, "the SQLite file cannot be opened: " + settings.path);
    }
    handle_ = handle_of(session_);
    run("PRAGMA busy_timeout = 10000");
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("PRAGMA recursive_triggers = ON");  // else INSERT OR REPLACE slips past the append-only triggers
    run("PRAGMA foreign_keys = ON");
    sql::sqlite3_wal_hook(handle_, committed, this);
    run("PRAGMA cache_size = -65536");
    run("PRAGMA temp_store = MEMORY");
    if (role == Role::Reads) run("PRAGMA query_only = ON");
    if (asked("synchronous") != 2 || asked("recursive_triggers") != 1) {
        throw DatabaseError(Failure::Bug, 0, "SQLite does not take the settings that the books rely on");
    }
    const Found mode = select({"SELECT journal_mode FROM pragma_journal_mode", "t"}, {}, {}, RowLock::None);
    if (mode.text(0, 0) != "wal") throw DatabaseError(Failure::Bug, 0, "SQLite cannot keep its write-ahead log here");
}

int SqliteConnection::committed(void* self, sql::sqlite3* handle, const char* name, int pages) {
    auto& connection = *static_cast<SqliteConnection*>(self);
    connection.log_pages_ = pages;
    // Whether it succeeds says nothing of this COMMIT, which is in the log.
    if (pages >= connection.copy_log_at_) {
        (void)sql::sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
    return SQLITE_OK;
}

std::int64_t SqliteConnection::asked(const std::string& pragma) {
    return select({"SELECT * FROM pragma_" + pragma, "i"}, {}, {}, RowLock::None).integer(0, 0);
}

void SqliteConnection::fail(int result, std::string_view what) {
    int number = result & 0xff;  // extended codes keep the primary one in their low byte
    // A file system that turned read-only under an open file is an error of writing to SQLite.
    const int system = number == SQLITE_IOERR && handle_ != nullptr ? sql::sqlite3_system_errno(handle_) : 0;
    if (system == EROFS || system == EPERM || system == EACCES) number = SQLITE_READONLY;
    const Failure failure = failure_of(number);
    if (failure == Failure::Lost && number != SQLITE_FULL) usable_ = false;
    throw DatabaseError(failure, number, "SQLite error " + std::to_string(number) + " in: " + std::string(what));
}

void SqliteConnection::run(const std::string& statement) {
    // BEGIN and COMMIT come with every group; they are worth keeping prepared. Schema texts come once.
    if (statement.size() <= 20) {
        Prepared& kept = prepared('r', statement, nullptr, nullptr);
        const Use use(kept.statement);
        int result = sql::sqlite3_step(kept.statement);
        while (result == SQLITE_ROW) result = sql::sqlite3_step(kept.statement);
        if (result != SQLITE_DONE) fail(result, statement);
        return;
    }
    const int result = sql::sqlite3_exec(handle_, statement.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) fail(result, statement + " (" + sql::sqlite3_errmsg(handle_) + ")");
}

void SqliteConnection::commit() {
    try {
        run("COMMIT");
    } catch (const DatabaseError& error) {
        // A failed write or fsync leaves open what of the log is on the disk.
        if (error.number() != SQLITE_IOERR && error.number() != SQLITE_READONLY) throw;
        usable_ = false;
        throw DatabaseError(Failure::Unknown, error.number(), error.what());
    }
}

void SqliteConnection::rollback() noexcept {
    if (sql::sqlite3_get_autocommit(handle_) != 0) return;  // SQLite has done it (disk full)
    try {
        run("ROLLBACK");
    } catch (const DatabaseError&) {
        usable_ = false;
    }
}

sql::sqlite3_stmt* SqliteConnection::prepare(const std::string& text) {
    sql::sqlite3_stmt* statement = nullptr;
    const int result = sql::sqlite3_prepare_v3(handle_, text.c_str(), static_cast<int>(text.size()),
                                               SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    // No value is bound yet, so SQLite's own words can be told.
    if (result != SQLITE_OK) fail(result, text + " (" + sql::sqlite3_errmsg(handle_) + ")");
    return statement;
}

std::string insert_text(const Insert& insert, bool absent) {
    std::string text = "INSERT INTO " + std::string(insert.table) + " (" + std::string(insert.columns) + ") VALUES (";
    const std::size_t width = split_names(insert.columns).size();
    for (std::size_t at = 1; at <= width; ++at) text += (at == 1 ? "?" : ",?") + std::to_string(at);
    return text + (absent ? ") ON CONFLICT DO NOTHING" : ")");
}

std::string update_text(const Update& update) {
    std::string text = "UPDATE " + std::string(update.table) + " SET ";
    int at = 2;
    for (const std::string_view set : split_names(update.sets)) {
        const bool adds = set.front() == '+';
        const std::string name(adds ? set.substr(1) : set);
        text += (at == 2 ? "" : ", ") + name + " = " + (adds ? name + " + ?" : "?") + std::to_string(at);
        ++at;
    }
    return text + " WHERE " + std::string(update.key) + " = ?1";
}

std::string widened_text(const Cut& cut, std::size_t width) {
    std::string text;
    const int parameters = cut.parameters();
    for (std::size_t at = 0; at < cut.pieces.size(); ++at) {
        text += cut.pieces[at];
        if (at == cut.placeholders.size()) break;
        if (cut.placeholders[at] > 0) {
            text += "?" + std::to_string(cut.placeholders[at]);
            continue;
        }
        for (std::size_t of_list = 0; of_list < width; ++of_list) {
            text += (of_list == 0 ? "?" : ",?") + std::to_string(parameters + 1 + static_cast<int>(of_list));
        }
    }
    return text;
}

Prepared& SqliteConnection::prepared(char kind, std::string_view text, const Insert* insert, const Update* update) {
    key_.assign(1, kind);
    key_ += text;
    if (insert != nullptr) key_.append(" ").append(insert->columns);
    if (update != nullptr) key_.append(" ").append(update->key).append(" ").append(update->sets);
    const auto known = prepared_.find(key_);
    if (known != prepared_.end()) return known->second;

    Prepared made;
    if (insert != nullptr) {
        made.statement = prepare(insert_text(*insert, kind == 'a'));
    } else if (update != nullptr) {
        made.statement = prepare(update_text(*update));
    } else {
        made.statement = prepare(key_.substr(1));
    }
    return prepared_.emplace(key_, made).first->second;
}

Text& SqliteConnection::text_of(std::string_view text) {
    if (const auto known = texts_.find(text); known != texts_.end()) return known->second;
    Text made;
    made.cut = cut(text);  // throws before anything is kept
    const auto kept = texts_.emplace(text, std::move(made)).first;
    kept->second.cut = cut(kept->first);
    return kept->second;
}

Prepared& SqliteConnection::prepared(Text& text, std::size_t width) {
    const std::size_t place = width == 0 ? 0 : width == 1 ? 1 : width == 8 ? 2 : width == 64 ? 3 : 4;
    Prepared& kept = text.by_list_width[place];
    if (kept.statement == nullptr) kept = {prepare(widened_text(text.cut, width)), width};
    return kept;
}

void SqliteConnection::bind(sql::sqlite3_stmt* statement, int at, const Value& value, std::string_view what) {
    int result = SQLITE_OK;
    if (value.is_integer()) {
        result = sql::sqlite3_bind_int64(statement, at, value.integer());
    } else if (value.is_null()) {
        result = sql::sqlite3_bind_null(statement, at);
    } else {
        const std::string& text = value.text();
        result = sql::sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    if (result != SQLITE_OK) fail(result, what);
}

void SqliteConnection::bind_all(Prepared& prepared, std::span<const Value> parameters,
                                std::span<const std::string> list, std::string_view what) {
    int at = 1;
    for (const Value& value : parameters) bind(prepared.statement, at++, value, what);
    for (std::size_t of_list = 0; of_list < prepared.width; ++of_list) {
        const std::string& text = list[of_list < list.size() ? of_list : list.size() - 1];
        const int result =
            sql::sqlite3_bind_text(prepared.statement, at++, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
        if (result != SQLITE_OK) fail(result, what);
    }
}

void SqliteConnection::push_row(sql::sqlite3_stmt* statement, const Select& select, Found& found) {
    for (std::size_t column = 0; column < select.kinds.size(); ++column) {
        const int at = static_cast<int>(column);
        const char kind = select.kinds[column];
        if (sql::sqlite3_column_type(statement, at) == SQLITE_NULL) {
            if (kind == 'i' || kind == 't') throw LogicError("a null came out of: " + std::string(select.text));
            found.push(Value());
        } else if (kind == 'i' || kind == 'I') {
            found.push(static_cast<std::int64_t>(sql::sqlite3_column_int64(statement, at)));
        } else {
            const auto* text = reinterpret_cast<const char*>(sql::sqlite3_column_text(statement, at));
            found.push(std::string(text, static_cast<std::size_t>(sql::sqlite3_column_bytes(statement, at))));
        }
    }
}

Found SqliteConnection::select(const Select& select, std::span<const Value> parameters,
                               std::span<const std::string> list, RowLock) {
    Found found(select.kinds.size());
    Text& text = text_of(select.text);
    require_placeholders(text.cut, parameters.size(), list.size(), select.text);
    const bool has_list = text.cut.has_list();
    if (has_list) found.reserve(list.size());  // mostly a row each
    std::size_t from = 0;
    while (from < (has_list ? list.size() : 1)) {
        const auto round = has_list ? list.subspan(from, std::min(kLargestList, list.size() - from)) : list;
        Prepared& kept = prepared(text, has_list ? list_width(round.size()) : 0);
        const Use use(kept.statement);
        if (sql::sqlite3_column_count(kept.statement) != static_cast<int>(select.kinds.size())) {
            throw LogicError("the kinds do not fit the columns of: " + std::string(select.text));
        }
        bind_all(kept, parameters, round, select.text);
        int result = sql::sqlite3_step(kept.statement);
        for (; result == SQLITE_ROW; result = sql::sqlite3_step(kept.statement))
            push_row(kept.statement, select, found);
        if (result != SQLITE_DONE) fail(result, select.text);
        from += has_list ? round.size() : 1;
    }
    return found;
}

int SqliteConnection::write_row(sql::sqlite3_stmt* statement, const Rows& rows, std::size_t row,
                                std::string_view what) {
    for (std::size_t column = 0; column < rows.width(); ++column) {
        bind(statement, static_cast<int>(column) + 1, rows.column(column)[row], what);
    }
    const int result = sql::sqlite3_step(statement);
    if (result != SQLITE_DONE) fail(result, what);
    sql::sqlite3_reset(statement);
    return sql::sqlite3_changes(handle_);
}

std::int64_t SqliteConnection::write_rows(const Insert& insert, const Rows& rows, char kind) {
    if (rows.empty()) return 0;
    require_kinds(rows, insert.kinds, insert.table);
    Prepared& kept = prepared(kind, insert.table, &insert, nullptr);
    const Use use(kept.statement);
    const std::string what = "INSERT INTO " + std::string(insert.table);
    std::int64_t inserted = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) inserted += write_row(kept.statement, rows, row, what);
    return inserted;
}

void SqliteConnection::update(const Update& update, const Rows& rows) {
    if (rows.empty()) return;
    require_kinds(rows, update.kinds, update.table);
    Prepared& kept = prepared('u', update.table, nullptr, &update);
    const Use use(kept.statement);
    const std::string what = "UPDATE " + std::string(update.table);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (write_row(kept.statement, rows, row, what) != 1) throw LogicError(what + ": a row was not there");
    }
}

std::int64_t SqliteConnection::execute(const Command& command, std::span<const Value> parameters,
                                       std::span<const std::string> list) {
    Text& text = text_of(command.text);
    require_placeholders(text.cut, parameters.size(), list.size(), command.text);
    const bool has_list = text.cut.has_list();
    std::int64_t changed = 0;
    std::size_t from = 0;
    while (from < (has_list ? list.size() : 1)) {
        const auto round = has_list ? list.subspan(from, std::min(kLargestList, list.size() - from)) : list;
        Prepared& kept = prepared(text, has_list ? list_width(round.size()) : 0);
        const Use use(kept.statement);
        bind_all(kept, parameters, round, command.text);
        const int result = sql::sqlite3_step(kept.statement);
        if (result != SQLITE_DONE) fail(result, command.text);
        changed += sql::sqlite3_changes(handle_);
        from += has_list ? round.size() : 1;
    }
    return changed;
}

}  // namespace

std::unique_ptr<Connection> open_sqlite(const DatabaseSettings& settings, Role role) {
    return std::make_unique<SqliteConnection>(settings, role);
}

}  // namespace huiqiao::db
