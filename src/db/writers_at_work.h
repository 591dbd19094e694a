#pragma once
// Who writes on a database just now, by the leases of the writers' slots: asked before its schema is changed, since a
// program of the older schema would go on writing by it. A writer that stopped gave its lease back; of one that was
// killed it runs out by itself.

#include "src/base/error.h"
#include "src/db/database.h"

namespace huiqiao::db {

/// How many leases stand at `now`; 0 where the database has no slots yet.
std::int64_t writers_at_work(Database& database, Instant now);
/// The time by which leases are judged (DatabaseSettings::time_from_server): the server's, else the clock's.
Instant time_of_leases(Database& database, bool time_from_server, const Clock& clock);

namespace db_error {
inline constexpr ErrorCode kStillServed{
    "still_served", ErrorGroup::Conflict,
    "The database is not at this program's schema, and {writers} writer(s) are still at work on it. Nothing was "
    "changed. Stop every 'serve' and every job on it, then start again; one that was killed counts for a minute more.",
    "数据库尚未升到本程序的表结构，且仍有 {writers} 个写入进程在使用它，未作任何更改。请先停止其上所有 huiqiao serve "
    "与作业，然后重新启动；被强制结束的进程在一分钟内仍计在内。"};
}  // namespace db_error

}  // namespace huiqiao::db
