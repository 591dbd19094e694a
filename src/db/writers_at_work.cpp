#include "src/db/writers_at_work.h"

#include "src/db/connection.h"

namespace huiqiao::db {

namespace {

constexpr Select kSlotsOnSqlite{"SELECT COUNT(*) FROM sqlite_master WHERE name = 'writer_slot'", "i"};
constexpr Select kSlotsOnMariaDb{
    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'writer_slot'",
    "i"};
constexpr Select kLeases{"SELECT COUNT(*) FROM writer_slot WHERE expires_at > :p1", "i"};

}  // namespace

std::int64_t writers_at_work(Database& database, Instant now) {
    std::int64_t writers = 0;
    database.read([&](Reader& reader) {
        const bool sqlite = reader.engine() == Engine::Sqlite;
        const bool has_slots = reader.select(sqlite ? kSlotsOnSqlite : kSlotsOnMariaDb).integer(0, 0) != 0;
        writers = has_slots ? reader.select(kLeases, {now}).integer(0, 0) : 0;
    });
    return writers;
}

Instant time_of_leases(Database& database, bool time_from_server, const Clock& clock) {
    std::optional<Instant> time;
    if (time_from_server) database.read([&](Reader& reader) { time = connection_of(reader).server_time(); });
    return time.value_or(clock.now());
}

}  // namespace huiqiao::db
