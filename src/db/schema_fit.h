#pragma once
// Whether this program may bring a database to its schema at all: asked before anything else is said about it, since an
// older program beside a newer schema has nothing to wait for. It changes nothing.

#include "src/base/result.h"
#include "src/db/database.h"

namespace huiqiao::db {

/// db_error::kSchemaNewer or kMigrationChanged; Done also where the database is empty.
Status check_schema_fits(Database& database);

}  // namespace huiqiao::db
