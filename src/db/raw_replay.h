#pragma once
// Captured transactions written again by the bare client, as fast as it can: prepared statements of sqlite3 run row by
// row, multi-row statements of the MariaDB client; durable as the product's connections are. It is what the bench
// measures the write queue against, and does nothing that is not needed to write the rows.

#include <cstdint>
#include <memory>

#include "src/db/database.h"
#include "src/db/statement_recorder.h"

namespace huiqiao::db {

class RawReplay {
 public:
    virtual ~RawReplay() = default;
    /// One transaction, committed. Throws DatabaseError.
    virtual void run(const WrittenTransaction& transaction) = 0;
};

/// The database must be migrated.
std::unique_ptr<RawReplay> open_raw_replay(const DatabaseSettings& settings);
std::unique_ptr<RawReplay> open_raw_sqlite(const DatabaseSettings& settings);
std::unique_ptr<RawReplay> open_raw_mariadb(const DatabaseSettings& settings);

/// Rows of each table of the schema, "journal_entry 5000", in order of names: two databases that were written alike
/// give the same text.
std::string row_counts(Database& database);

}  // namespace huiqiao::db
