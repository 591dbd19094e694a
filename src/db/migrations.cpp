#include "src/db/migrations.h"

#include <algorithm>

#include "src/base/crash_point.h"
#include "src/base/error.h"
#include "src/db/database_impl.h"
#include "src/db/migration_text.h"
#include "src/db/schema_fit.h"

namespace huiqiao::db {

namespace {

/// The record of what was applied comes before the first migration, so it cannot be one itself.
const Migration kRecord{0, "schema_version",
                        "CREATE TABLE IF NOT EXISTS schema_version (number {int} NOT NULL PRIMARY KEY, "
                        "name {id} NOT NULL DEFAULT '', digest {id} NOT NULL DEFAULT '', "
                        "statements_done {int} NOT NULL DEFAULT 0, finished {int} NOT NULL DEFAULT 0) {table_end};"};

constexpr Select kApplied{"SELECT number, digest, statements_done, finished FROM schema_version ORDER BY number",
                          "itii"};
constexpr Insert kBegun{"schema_version", "number, name, digest, statements_done, finished", "ittii"};
constexpr Command kProgress{"UPDATE schema_version SET statements_done = :p2, finished = :p3 WHERE number = :p1"};

struct Applied {
    std::int64_t number;
    std::string digest;
    std::size_t statements_done;
    bool finished;
};

std::vector<Applied> applied(Connection& connection) {
    const Found found = connection.select(kApplied, {}, {}, RowLock::None);
    std::vector<Applied> all;
    for (std::size_t row = 0; row < found.size(); ++row) {
        all.push_back({found.integer(row, 0), found.text(row, 1), static_cast<std::size_t>(found.integer(row, 2)),
                       found.integer(row, 3) != 0});
    }
    return all;
}

void progress(Connection& connection, const Migration& migration, std::size_t done, bool finished) {
    const Value parameters[] = {migration.number, done, finished ? 1 : 0};
    connection.execute(kProgress, parameters, {});
}

/// What MariaDB says where the statement at which a run was cut off had done its work before its count was written.
bool is_done_already(int number) {
    return number == 1050 || number == 1060 || number == 1061 || number == 1359;
}

void begin_record(Connection& connection, const Migration& migration) {
    Rows rows;
    rows.add(migration.number, migration.name, digest_of(migration.text), 0, 0);
    connection.insert(kBegun, rows);
}

void run_on_sqlite(Connection& connection, const Migration& migration) {
    begin_record(connection, migration);
    const std::vector<std::string> statements = statements_of(migration, Engine::Sqlite);
    for (const std::string& statement : statements) {
        crash_point("migrations.before_statement");
        connection.run(statement);
    }
    progress(connection, migration, statements.size(), true);
}

void run_on_mariadb(Connection& connection, const Migration& migration, const Applied* begun) {
    if (begun == nullptr) begin_record(connection, migration);
    const std::vector<std::string> statements = statements_of(migration, Engine::MariaDb);
    const std::size_t first = begun == nullptr ? 0 : begun->statements_done;
    for (std::size_t at = first; at < statements.size(); ++at) {
        crash_point("migrations.before_statement");
        try {
            connection.run(statements[at]);
        } catch (const DatabaseError& error) {
            if (begun == nullptr || at != first || !is_done_already(error.number())) throw;
        }
        crash_point("migrations.after_statement");
        progress(connection, migration, at + 1, false);
    }
    progress(connection, migration, statements.size(), true);
}

std::optional<Error> complaint(const std::vector<Applied>& stands, const std::vector<Migration>& ours) {
    for (const Applied& one : stands) {
        const auto known = std::find_if(ours.begin(), ours.end(),
                                        [&](const Migration& migration) { return migration.number == one.number; });
        if (known == ours.end()) return Error(db_error::kSchemaNewer, {{"number", std::to_string(one.number)}});
        if (digest_of(known->text) != one.digest) return Error(db_error::kMigrationChanged, {{"name", known->name}});
    }
    return std::nullopt;
}

bool has_record(Reader& reader) {
    const bool sqlite = reader.engine() == Engine::Sqlite;
    const Found table =
        reader.select({sqlite ? "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_version'"
                              : "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                                "table_name = 'schema_version'",
                       "i"});
    return table.integer(0, 0) != 0;
}

const Applied* record_of(const std::vector<Applied>& stands, int number) {
    for (const Applied& one : stands) {
        if (one.number == number) return &one;
    }
    return nullptr;
}

Result<std::vector<std::string>> migrate_on(Connection& connection, const std::vector<Migration>& ours) {
    const bool sqlite = connection.engine() == Engine::Sqlite;
    connection.run(statements_of(kRecord, connection.engine()).front());
    const std::vector<Applied> stands = applied(connection);
    if (const auto wrong = complaint(stands, ours)) return *wrong;
    std::vector<std::string> ran;
    for (const Migration& migration : ours) {
        const Applied* record = record_of(stands, migration.number);
        if (record != nullptr && record->finished) continue;
        if (sqlite) {
            run_on_sqlite(connection, migration);
        } else {
            run_on_mariadb(connection, migration, record);
        }
        ran.push_back(migration.name);
    }
    return ran;
}

}  // namespace

Result<std::vector<std::string>> migrate(Database& database, const std::vector<Migration>& ours) {
    Result<std::vector<std::string>> result = std::vector<std::string>();
    if (database.engine() == Engine::Sqlite) {
        // Schema changes are transactional here: all or nothing, and two processes wait for each other.
        database.write([&](Tx& tx) { result = migrate_on(connection_of(tx), ours); });
        return result;
    }
    database.write([&](Tx& tx) {
        Connection& connection = connection_of(tx);
        const Found lock = connection.select({"SELECT GET_LOCK('huiqiao_migrate', 30)", "I"}, {}, {}, RowLock::None);
        if (lock.is_null(0, 0) || lock.integer(0, 0) != 1) {
            throw DatabaseError(Failure::Again, 1205, "another process is migrating");
        }
        struct Release {
            Connection& connection;
            ~Release() {
                try {
                    connection.run("DO RELEASE_LOCK('huiqiao_migrate')");
                } catch (const DatabaseError&) {
                    // A connection that broke has lost the lock with it.
                    return;
                }
            }
        };
        const Release release{connection};
        connection.run("COMMIT");  // each step is durable by itself from here on
        result = migrate_on(connection, ours);
    });
    return result;
}

Result<std::vector<std::string>> migrate(Database& database) {
    return migrate(database, built_in_migrations());
}

Status check_schema_fits(Database& database) {
    std::optional<Error> wrong;
    database.read([&](Reader& reader) {
        wrong = has_record(reader) ? complaint(applied(connection_of(reader)), built_in_migrations()) : std::nullopt;
    });
    if (wrong) return *wrong;
    return Done{};
}

bool is_migrated(Database& database) {
    bool stands = false;
    database.read([&](Reader& reader) {
        if (!has_record(reader)) return;
        const std::vector<Applied> all = applied(connection_of(reader));
        const std::vector<Migration>& ours = built_in_migrations();
        if (all.size() != ours.size() || complaint(all, ours)) return;
        stands = std::all_of(all.begin(), all.end(), [](const Applied& one) { return one.finished; });
    });
    return stands;
}

}  // namespace huiqiao::db
