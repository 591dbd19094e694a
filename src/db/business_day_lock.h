#pragma once
// Step 2 of a write group: the open business date, locked until COMMIT. Inside the db room only.

#include "src/base/date.h"
#include "src/db/connection.h"

namespace huiqiao::db {

/// Opens the date of now in Shanghai where no date was ever opened.
Date lock_business_date(Connection& connection, RowLock lock, Instant now);

}  // namespace huiqiao::db
