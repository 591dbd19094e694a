#pragma once
// One connection to the database, inside the db room only: what SQLite and MariaDB do each in their own way (the
// hidden dialect). Sessions are opened by SOCI; statements run over its backend's own handle, since prepared bulk
// statements and multi-row texts are what speed is made of. Not for two threads at once.
// Every failure is a DatabaseError whose text names the statement and the engine's number, never a bound value.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/db/database.h"

namespace huiqiao::db {

/// How a SELECT takes its rows. On SQLite the writer has the whole file, and all three are the same.
enum class RowLock { None, Share, Exclusive };

class Connection {
 public:
    virtual ~Connection() = default;

    [[nodiscard]] virtual Engine engine() const = 0;
    /// False once the connection cannot be trusted any more; it is then closed, never given back to a pool.
    [[nodiscard]] virtual bool usable() const = 0;
    /// The server's number of it, by which another connection can end it; 0 on SQLite.
    [[nodiscard]] virtual std::uint64_t server_number() const { return 0; }

    virtual void begin_read() = 0;
    virtual void begin_write() = 0;
    /// A failure here may be Unknown.
    virtual void commit() = 0;
    /// Never throws; a connection that cannot roll back is no longer usable.
    virtual void rollback() noexcept = 0;
    /// Pages in SQLite's write-ahead log after the last COMMIT; 0 on MariaDB, which keeps its log itself.
    [[nodiscard]] virtual int log_pages() const { return 0; }
    /// From now on somebody else copies the log into the file; a COMMIT does so only where it has grown far beyond.
    virtual void leave_log() {}

    virtual Found select(const Select& select, std::span<const Value> parameters, std::span<const std::string> list,
                         RowLock lock) = 0;
    virtual void insert(const Insert& insert, const Rows& rows) = 0;
    virtual std::int64_t insert_absent(const Insert& insert, const Rows& rows) = 0;
    virtual void update(const Update& update, const Rows& rows) = 0;
    virtual std::int64_t execute(const Command& command, std::span<const Value> parameters,
                                 std::span<const std::string> list) = 0;
    /// One statement without parameters: schema, settings. Its error may carry the engine's own text.
    virtual void run(const std::string& statement) = 0;
    /// The database's time, where it has one of its own.
    virtual std::optional<Instant> server_time() = 0;
};

/// What a connection is for: readers cannot write, and see one snapshot a transaction; writers see the newest
/// committed rows with each statement (READ COMMITTED on MariaDB: reads after the locks are never older than the
/// locks, and no gap is locked, so that two writers who insert do not meet).
enum class Role { Reads, Writes };

/// Opens, sets the session and checks it. DatabaseError Lost where it cannot be reached, Bug where a setting that the
/// books rely on is wrong.
std::unique_ptr<Connection> open_sqlite(const DatabaseSettings& settings, Role role);
std::unique_ptr<Connection> open_mariadb(const DatabaseSettings& settings, Role role);

/// What stands behind a Reader or Tx.
inline Connection& connection_of(Reader& reader) {
    return reader.connection_;
}

/// BEGIN of a write; rolls back where it goes without commit(), whatever is thrown through it.
class Transaction {
 public:
    explicit Transaction(Connection& connection) : connection_(connection) { connection_.begin_write(); }
    ~Transaction() {
        if (!ended_) connection_.rollback();
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        connection_.commit();
        ended_ = true;
    }

 private:
    Connection& connection_;
    bool ended_ = false;
};

}  // namespace huiqiao::db
