#pragma once
// Numbered migrations, one portable text for both engines (src/db/schema/NNN_name.sql, built in). Each runs once, in
// order, statement by statement, and is recorded; MariaDB commits after each DDL, so a migration cut off in the middle
// is taken up at the statement where it stopped. Types in the text are the macros of src/db/schema/README.md.

#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/db/database.h"
#include "src/db/db_error.h"

namespace huiqiao::db {

/// Names of the migrations that ran now. Errors: kMigrationChanged where an applied text is no longer the same.
Result<std::vector<std::string>> migrate(Database& database);
/// Whether the database stands at exactly this program's schema.
bool is_migrated(Database& database);

}  // namespace huiqiao::db
