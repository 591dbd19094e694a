// What the books rely on, asked of the engines themselves on the connections that the program uses.

#include "src/db/file_system.h"
#include "tests/contract/db_desk.h"

using namespace db_desk;

namespace {

std::string asked(Reader& reader, std::string_view select) {
    return reader.select({select, "t"}).text(0, 0);
}

}  // namespace

TEST_CASE("DB-06 every SQLite connection has its log, full syncs, foreign keys and a busy time; readers cannot write") {
    TestDatabase on = TestDatabase::fresh(Engine::Sqlite);
    Desk desk(on);
    const auto check = [](Reader& reader, const char* query_only) {
        CHECK(asked(reader, "SELECT journal_mode FROM pragma_journal_mode") == "wal");
        CHECK(asked(reader, "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous") == "2");
        CHECK(asked(reader, "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys") == "1");
        CHECK(asked(reader, "SELECT CAST(recursive_triggers AS TEXT) FROM pragma_recursive_triggers") == "1");
        CHECK(asked(reader, "SELECT CAST(timeout >= 5000 AS TEXT) FROM pragma_busy_timeout") == "1");
        CHECK(asked(reader, "SELECT CAST(query_only AS TEXT) FROM pragma_query_only") == query_only);
    };
    desk.database.read([&](Reader& reader) { check(reader, "1"); });
    desk.database.write([&](Tx& tx) { check(tx, "0"); });
}

TEST_CASE("DB-06 a file on a network file system is refused by its kind, a local one is not") {
    for (const std::int64_t network : {0x6969LL, 0xFF534D42LL, 0xFE534D42LL, 0x01021997LL, 0x00C36400LL})
        CHECK(is_network_file_system(network));
    // The kernel's number is signed where a long has 32 bits.
    CHECK(is_network_file_system(static_cast<std::int32_t>(0xFF534D42)));
    for (const std::int64_t local : {0xEF53LL, 0x58465342LL, 0x9123683ELL, 0x01021994LL, 0x794C7630LL})
        CHECK_FALSE(is_network_file_system(local));  // ext4, XFS, Btrfs, memory, overlay
    CHECK_NOTHROW(require_local_file("books.db"));
    CHECK_NOTHROW(require_local_file("/no/such/directory/books.db"));  // to be told by who opens it
}

TEST_CASE("DB-05 a MariaDB connection sets its own session, and a server that is not durable is refused") {
    TestDatabase on = TestDatabase::fresh(Engine::MariaDb);
    Desk desk(on);
    desk.database.read([&](Reader& reader) {
        CHECK(asked(reader, "SELECT @@tx_isolation") == "REPEATABLE-READ");
        CHECK(asked(reader, "SELECT @@time_zone") == "+00:00");
        CHECK(asked(reader, "SELECT @@character_set_connection") == "utf8mb4");
        CHECK(asked(reader, "SELECT @@sql_mode").find("STRICT_ALL_TABLES") != std::string::npos);
    });
    desk.database.write([&](Tx& tx) {
        CHECK(asked(tx, "SELECT @@tx_isolation") == "READ-COMMITTED");
        CHECK(asked(tx, "SELECT CAST(@@innodb_lock_wait_timeout AS CHAR)") == "5");
    });
    const auto opens = [&] {
        Database another(on.settings(), desk.clock);
        another.read([](Reader&) {});
    };
    CHECK_NOTHROW(opens());
    for (const char* loose : {"0", "2"}) {
        CAPTURE(loose);
        desk.database.write(
            [&](Tx& tx) { tx.execute({std::string("SET GLOBAL innodb_flush_log_at_trx_commit = ") + loose}); });
        CHECK_THROWS_AS(opens(), DatabaseError);
    }
    desk.database.write([](Tx& tx) { tx.execute({"SET GLOBAL innodb_flush_log_at_trx_commit = 1"}); });
    CHECK_NOTHROW(opens());
}

TEST_CASE("DB-05 a connection that broke is not used again, and who asked is served by a new one") {
    TestDatabase on = TestDatabase::fresh(Engine::MariaDb);
    Desk desk(on);
    DatabaseSettings settings = on.settings();
    settings.readers = 1;
    Database one(std::move(settings), desk.clock);
    const auto number = [&] {
        std::string text;
        one.read([&](Reader& reader) { text = asked(reader, "SELECT CAST(CONNECTION_ID() AS CHAR)"); });
        return text;
    };
    const std::string first = number();
    CHECK(number() == first);
    desk.database.write([&](Tx& tx) { tx.execute({"KILL " + first}); });
    const std::string second = number();
    CHECK(second != first);
    CHECK(number() == second);
    desk.database.write([&](Tx& tx) { tx.execute({"KILL " + second}); });
    std::string third;
    int runs = 0;
    one.look([&](Reader& reader) {
        ++runs;
        third = asked(reader, "SELECT CAST(CONNECTION_ID() AS CHAR)");
    });
    CHECK(third != second);
    CHECK(runs == 2);
}

TEST_CASE("DB-05 what was begun to be read is not begun anew behind the reader's back") {
    TestDatabase on = TestDatabase::fresh(Engine::MariaDb);
    Desk desk(on);
    DatabaseSettings settings = on.settings();
    settings.readers = 1;
    Database one(std::move(settings), desk.clock);
    int runs = 0;
    CHECK_THROWS_AS(one.look([&](Reader& reader) {
        ++runs;
        const std::string number = asked(reader, "SELECT CAST(CONNECTION_ID() AS CHAR)");
        desk.database.write([&](Tx& tx) { tx.execute({"KILL " + number}); });
        asked(reader, "SELECT CAST(CONNECTION_ID() AS CHAR)");
    }),
                    DatabaseError);
    CHECK(runs == 1);
}
