#include <doctest/doctest.h>

#include "src/base/crash_point.h"
#include "src/db/migration_text.h"
#include "src/db/migrations.h"
#include "src/db/write_queue.h"
#include "src/db/writers_at_work.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace huiqiao::db;
using huiqiao::testing::each_engine;
using huiqiao::testing::TestDatabase;

namespace {

std::vector<Migration> two_migrations() {
    return {{1, "001_first",
             "-- it's the first; with a semicolon\n"
             "CREATE TABLE one (id {id} NOT NULL PRIMARY KEY, word {text} NOT NULL DEFAULT 'a;b') {table_end};\n"
             "CREATE INDEX one_by_word ON one (word);\n{append_only one}\n"},
            {2, "002_second", "CREATE TABLE two (id {id} NOT NULL PRIMARY KEY) {table_end};"}};
}

class Hook {
 public:
    explicit Hook(std::function<void(std::string_view)> hook) { install_crash_hook(std::move(hook)); }
    ~Hook() { install_crash_hook({}); }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
};

}  // namespace

TEST_CASE("the built-in migrations run once, and the database then stands at this program's schema") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        Database database(on.settings(), clock);
        CHECK_FALSE(is_migrated(database));
        const auto first = migrate(database);
        REQUIRE(first.ok());
        CHECK(first->size() == built_in_migrations().size());
        CHECK(is_migrated(database));
        const auto second = migrate(database);
        REQUIRE(second.ok());
        CHECK(second->empty());
    });
}

TEST_CASE("an applied migration whose text changed is refused, and so is a newer schema") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        Database database(on.settings(), clock);
        REQUIRE(migrate(database, two_migrations()).ok());
        auto changed = two_migrations();
        changed[1].text += " ";
        const auto refused = migrate(database, changed);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == &db_error::kMigrationChanged);
        auto older = two_migrations();
        older.pop_back();
        const auto newer = migrate(database, older);
        REQUIRE_FALSE(newer.ok());
        CHECK(newer.error().code == &db_error::kSchemaNewer);
        CHECK_FALSE(is_migrated(database));
    });
}

TEST_CASE("DB-08 a migration cut off at any statement is taken up there") {
    for (const Engine engine : {Engine::Sqlite, Engine::MariaDb}) {
        int crashes = 0;
        for (int at = 1;; ++at) {
            CAPTURE(at);
            TestDatabase on = TestDatabase::fresh(engine);
            ManualClock clock(from_us(0));
            int passed = 0;
            bool crashed = false;
            {
                const Hook hook([&](std::string_view name) {
                    if (++passed == at) throw SimulatedCrash{std::string(name)};
                });
                Database database(on.settings(), clock);
                try {
                    const bool done = migrate(database, two_migrations()).ok();  // doctest would eat the crash
                    CHECK(done);
                } catch (const SimulatedCrash&) {
                    crashed = true;
                }
            }
            if (!crashed) break;
            ++crashes;
            Database database(on.settings(), clock);
            REQUIRE(migrate(database, two_migrations()).ok());
            database.write([&](Tx& tx) {
                Rows row;
                row.add("a");
                tx.insert({"one", "id", "t"}, row);
                tx.insert({"two", "id", "t"}, row);
                CHECK(tx.select({"SELECT word FROM one", "t"}).text(0, 0) == "a;b");
            });
            CHECK_THROWS_AS(database.write([](Tx& tx) { tx.execute({"DELETE FROM one"}); }), DatabaseError);
        }
        CHECK(crashes == (engine == Engine::Sqlite ? 5 : 10));
    }
}

TEST_CASE("a writer is at work until it stops, or its lease runs out; a database without slots has none") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(1'000'000'000));
        Database database(on.settings(), clock);
        const auto at_work = [&] { return writers_at_work(database, time_of_leases(database, false, clock)); };
        CHECK(at_work() == 0);
        REQUIRE(migrate(database).ok());
        CHECK(at_work() == 0);
        SeededRandom random(1);
        IdSource ids(clock, random);
        {
            WriteQueue serving(database, clock, ids, WriteQueueSettings{});
            CHECK(at_work() == 1);
        }
        CHECK(at_work() == 0);
        database.write([&](Tx& tx) {
            tx.execute({"UPDATE writer_slot SET expires_at = :p1"}, {clock.now() + std::chrono::seconds(60)});
        });
        CHECK(at_work() == 1);  // as one that was killed leaves it
        clock.advance(std::chrono::seconds(60));
        CHECK(at_work() == 0);
    });
}
