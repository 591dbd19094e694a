#pragma once
// The open business date (Asia/Shanghai): one row that every write group share-locks, and that only the day's close
// moves on, in a group of its own (Work::closes_day). It does not know calendars: whether the next date is a working
// day is for its caller.

#include <optional>

#include "src/base/date.h"
#include "src/db/database.h"

namespace huiqiao::db {

/// Without a value before the first group has run.
std::optional<Date> open_business_date(Reader& reader);
/// Only from a work that closes the day. LogicError where the new date is not after the open one.
void move_business_date(Tx& tx, Date next, Instant now);

}  // namespace huiqiao::db
