#pragma once
// The one SQL database: SQLite (one file, one writer) or MariaDB. Hands out connections from a bounded pool and hides
// SOCI and the engine. Reader sees committed rows; Tx may write and is made only by the write queue, the migrations
// and the sandbox's own books. A Tx that is not committed is rolled back when it goes.
// Errors of infrastructure are DatabaseError; their texts name the error number and the statement, never bound values.

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/base/secret.h"
#include "src/db/rows.h"
#include "src/db/statement.h"

namespace huiqiao::db {

enum class Engine { Sqlite, MariaDb };

/// What a failed statement means for the group that ran it.
enum class Failure {
    Again,    // deadlock, lock wait, snapshot conflict (1213, 1205, 1020; SQLITE_BUSY): run the whole group again
    Data,     // tied to the values (constraint, range, length): split the group
    Lost,     // the connection or the disk is gone: nothing committed unless the failure was in COMMIT
    Unknown,  // the COMMIT's own outcome is not known
    Bug,      // bad SQL: not worth a second try
};

class DatabaseError : public std::runtime_error {
 public:
    DatabaseError(Failure failure, int number, const std::string& what)
        : std::runtime_error(what), failure_(failure), number_(number) {}
    [[nodiscard]] Failure failure() const { return failure_; }
    [[nodiscard]] int number() const { return number_; }  // the engine's own

 private:
    Failure failure_;
    int number_;
};

class Connection;  // hides SOCI

/// Reads. Not for two threads at once.
class Reader {
 public:
    explicit Reader(Connection& connection) : connection_(connection) {}
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Found select(const Select& select, std::initializer_list<Value> parameters = {},
                 std::span<const std::string> list = {});
    [[nodiscard]] Engine engine() const;
    /// Whether anything was read with it.
    [[nodiscard]] bool has_read() const { return has_read_; }

 protected:
    friend Connection& connection_of(Reader& reader);  // for the db room itself
    Connection& connection_;

 private:
    bool has_read_ = false;
};

/// Reads and writes in one transaction.
class Tx : public Reader {
 public:
    using Reader::Reader;
    void insert(const Insert& insert, const Rows& rows);
    /// How many of the rows were absent and are now there; the others are left as they were.
    std::int64_t insert_absent(const Insert& insert, const Rows& rows);
    void update(const Update& update, const Rows& rows);
    /// Rows matched.
    std::int64_t execute(const Command& command, std::initializer_list<Value> parameters = {},
                         std::span<const std::string> list = {});
    /// FOR UPDATE on MariaDB; nothing on SQLite, where the writer has the whole file.
    void lock(const LockTable& table, std::span<const std::string> sorted_ids);

    /// Something of this kind is another now: told with the group's COMMIT to whoever follows the tape of changes
    /// (change_tape.h). Outside the write queue nobody is told.
    void note_change(std::string_view kind, std::string_view subject_id) { changes_.emplace_back(kind, subject_id); }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& changes() const { return changes_; }

 private:
    std::vector<std::pair<std::string, std::string>> changes_;
};

class StatementRecorder;

/// Puts something around a connection for writing, as it is opened.
using AroundWriter = std::function<std::unique_ptr<Connection>(std::unique_ptr<Connection>)>;

struct DatabaseSettings {
    Engine engine = Engine::Sqlite;
    std::string path;    // SQLite: the file
    std::string socket;  // MariaDB: unix socket, or host and port
    std::string host;
    int port = 3306;
    std::string name;
    std::string user;
    Secret password;
    int readers = 8;                                // connections for reading
    std::chrono::milliseconds lease_timeout{5000};  // waiting for one of them; then DatabaseError Lost
    std::chrono::seconds statement_timeout{20};     // read and write timeout of a connection
    /// Instants for leases come from the server on MariaDB; the demo and tests take the injected clock instead.
    bool time_from_server = true;
    /// The bench's: told what each connection for writing writes; outlives the database.
    StatementRecorder* recorder = nullptr;
    /// The simulator's, whose connections fail when they are told to.
    AroundWriter around_writer{};
};

class Database {
 public:
    /// Opens and checks settings that the books rely on (durability, collation, STRICT mode, isolation; reliability
    /// 1.3). Does not migrate.
    Database(DatabaseSettings settings, const Clock& clock);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] Engine engine() const;
    /// Runs the function with a connection for reading, inside one consistent read transaction.
    void read(const std::function<void(Reader&)>& with);
    /// The same without a transaction: each select sees what is committed when it runs, and costs one way to the server
    /// and back instead of three. For what a worker may find to do, which is looked at again under its locks; never for
    /// figures that must agree with each other.
    void look(const std::function<void(Reader&)>& with);
    /// One write transaction outside the write queue: migrations, the sandbox's books, close tests. Again-failures are
    /// run again up to a bound.
    void write(const std::function<void(Tx&)>& with);

 private:
    friend class WriteQueue;
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::db
