#include <doctest/doctest.h>

#include <limits>

#include "src/base/error.h"
#include "src/db/migration_text.h"
#include "src/db/migrations.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace huiqiao::db;
using huiqiao::testing::each_engine;
using huiqiao::testing::TestDatabase;

namespace {

const std::vector<Migration> kSchema{
    {1, "001_things",
     "CREATE TABLE things (id {id} NOT NULL PRIMARY KEY, note {text} NOT NULL DEFAULT '', amount {int} NOT NULL "
     "DEFAULT 0, due_at {int} NULL) {table_end};\n"
     "CREATE TABLE names (name {key} NOT NULL PRIMARY KEY, owner {id} NOT NULL DEFAULT '') {table_end};\n"
     "CREATE TABLE texts (id {id} NOT NULL PRIMARY KEY, body {long} NOT NULL DEFAULT '') {table_end};\n"
     "CREATE TABLE facts (id {id} NOT NULL PRIMARY KEY, amount {int} NOT NULL DEFAULT 0) {table_end};\n"
     "{append_only facts}\n"}};

constexpr Insert kThing{"things", "id, note, amount, due_at", "ttiI"};
constexpr Update kChange{"things", "id", "note, +amount", "tti"};
constexpr Insert kName{"names", "name, owner", "tt"};
constexpr Select kByIds{"SELECT id, note, amount, due_at FROM things WHERE id IN (:list) ORDER BY id", "ttiI"};
constexpr LockTable kLockThings{20, "SELECT id FROM things WHERE id IN (:list) ORDER BY id"};

Instant start() {
    return from_us(1'760'000'000'000'000);
}

struct Opened {
    explicit Opened(const TestDatabase& of) : clock(start()), database(of.settings(), clock) {
        REQUIRE(migrate(database, kSchema).ok());
    }
    ManualClock clock;
    Database database;
};

std::string thing_id(std::size_t number) {
    std::string digits = std::to_string(number);
    return "thing_" + std::string(6 - digits.size(), '0') + digits;
}

}  // namespace

TEST_CASE("bulk insert, select, claim and update keep every row at all sizes of groups") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        for (const std::size_t size : {1U, 7U, 8U, 63U, 500U, 513U}) {
            CAPTURE(size);
            std::vector<std::string> ids;
            Rows rows;
            Rows changes;
            Rows claims;
            for (std::size_t at = 0; at < size; ++at) {
                ids.push_back(thing_id(size * 1000 + at));
                rows.add(ids.back(), "n", at, at % 2 == 0 ? Value() : Value(at));
                changes.add(ids.back(), "changed", 1000);
                claims.add("name " + ids.back(), ids.back());
            }
            opened.database.write([&](Tx& tx) {
                tx.insert(kThing, rows);
                CHECK(tx.insert_absent(kName, claims) == static_cast<std::int64_t>(size));
                CHECK(tx.insert_absent(kName, claims) == 0);
                tx.lock(kLockThings, ids);
                tx.update(kChange, changes);
            });
            opened.database.read([&](Reader& reader) {
                const Found found = reader.select(kByIds, {}, ids);
                REQUIRE(found.size() == size);
                for (std::size_t at = 0; at < size; ++at) {
                    CHECK(found.text(at, 0) == ids[at]);
                    CHECK(found.text(at, 1) == "changed");
                    CHECK(found.integer(at, 2) == static_cast<std::int64_t>(at) + 1000);
                    CHECK(found.is_null(at, 3) == (at % 2 == 0));
                }
            });
        }
    });
}

TEST_CASE("any text comes back as it went in: quotes, backslashes, NUL, emoji, SQL") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        const std::vector<std::string> texts{"O'Brien",
                                             "\\' OR 1=1 -- ",
                                             "\"; DROP TABLE things; --",
                                             std::string("a\0b", 3),
                                             "汇桥 😀 𝄞",
                                             "line\nline\r\ttab\x1a",
                                             "%_?:p1:list",
                                             "",
                                             " "};
        Rows rows;
        std::vector<std::string> ids;
        for (std::size_t at = 0; at < texts.size(); ++at) {
            ids.push_back(thing_id(at));
            rows.add(ids.back(), texts[at], 0, Value());
        }
        opened.database.write([&](Tx& tx) { tx.insert(kThing, rows); });
        opened.database.read([&](Reader& reader) {
            const Found found = reader.select(kByIds, {}, ids);
            REQUIRE(found.size() == texts.size());
            for (std::size_t at = 0; at < texts.size(); ++at) {
                CAPTURE(at);
                CHECK(found.text(at, 1) == texts[at]);
                const Found again = reader.select({"SELECT id FROM things WHERE note = :p1", "t"}, {texts[at]});
                REQUIRE(again.size() == 1);
                CHECK(again.text(0, 0) == ids[at]);
            }
        });
    });
}

TEST_CASE("ORD-1, ord-1 and 'ORD-1 ' are three keys on both engines") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        opened.database.write([&](Tx& tx) {
            Rows keys;
            keys.add("ORD-1", "a");
            keys.add("ord-1", "b");
            keys.add("ORD-1 ", "c");
            CHECK(tx.insert_absent(kName, keys) == 3);
            const std::vector<std::string> wanted{"ORD-1", "ord-1", "ORD-1 ", "Ord-1"};
            CHECK(tx.select({"SELECT name FROM names WHERE name IN (:list)", "t"}, {}, wanted).size() == 3);
            CHECK(tx.select({"SELECT owner FROM names WHERE name = :p1", "t"}, {"ORD-1 "}).text(0, 0) == "c");
            Rows ids;  // the ascii columns too
            ids.add("ID", "", 0, Value());
            ids.add("id", "", 0, Value());
            ids.add("id ", "", 0, Value());
            tx.insert(kThing, ids);
        });
    });
}

TEST_CASE("integers keep all 64 bits, and a sum beyond them is refused") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
        constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
        Rows rows;
        rows.add("a", "", kMost, kLeast);
        rows.add("b", "", 9'007'199'254'740'993, 0);
        opened.database.write([&](Tx& tx) { tx.insert(kThing, rows); });
        opened.database.read([&](Reader& reader) {
            const Found found = reader.select({"SELECT amount, due_at FROM things ORDER BY id", "iI"});
            CHECK(found.integer(0, 0) == kMost);
            CHECK(found.integer(0, 1) == kLeast);
            CHECK(found.integer(1, 0) == 9'007'199'254'740'993);
        });
        for (const int count : {1, 2}) {
            Rows more;
            if (count == 2) more.add("b", "x", 1);
            more.add("a", "x", 1);
            try {
                opened.database.write([&](Tx& tx) { tx.update(kChange, more); });
                FAIL("the sum does not fit");
            } catch (const DatabaseError& error) {
                CHECK(error.failure() == Failure::Data);
            }
        }
    });
}

TEST_CASE("LED-02 append-only rows refuse update, delete and replacement") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        Rows fact;
        fact.add("fact", 100);
        opened.database.write([&](Tx& tx) { tx.insert({"facts", "id, amount", "ti"}, fact); });
        for (const std::string_view text : {"UPDATE facts SET amount = 1", "DELETE FROM facts",
                                            "REPLACE INTO facts (id, amount) VALUES ('fact', 1)"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(opened.database.write([&](Tx& tx) { tx.execute({text}); }), DatabaseError);
        }
        Rows change;
        change.add("fact", 1);
        CHECK_THROWS_AS(opened.database.write([&](Tx& tx) {
            tx.update({"facts", "id", "amount", "ti"}, change);
        }),
                        DatabaseError);
        opened.database.write([&](Tx& tx) {
            CHECK(tx.insert_absent({"facts", "id, amount", "ti"}, change) == 0);  // a repeat is no change
        });
        opened.database.read([&](Reader& reader) {
            const Found found = reader.select({"SELECT amount FROM facts", "i"});
            REQUIRE(found.size() == 1);
            CHECK(found.integer(0, 0) == 100);
        });
    });
}

TEST_CASE("an update that misses a row fails loudly and leaves nothing") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        Rows rows;
        for (std::size_t at = 0; at < 10; ++at) rows.add(thing_id(at), "", 0, Value());
        opened.database.write([&](Tx& tx) { tx.insert(kThing, rows); });
        for (const std::size_t count : {1U, 2U, 11U}) {
            CAPTURE(count);
            Rows change;
            for (std::size_t at = 11 - count; at < 11; ++at) change.add(thing_id(at), "x", 1);
            CHECK_THROWS_AS(opened.database.write([&](Tx& tx) { tx.update(kChange, change); }), LogicError);
        }
        Rows same;  // an update that changes nothing still counts as matched
        for (std::size_t at = 0; at < 10; ++at) same.add(thing_id(at), "", 0);
        opened.database.write([&](Tx& tx) { tx.update(kChange, same); });
        opened.database.read([&](Reader& reader) {
            const Found found = reader.select({"SELECT COUNT(*), SUM(amount) FROM things", "ii"});
            CHECK(found.integer(0, 0) == 10);
            CHECK(found.integer(0, 1) == 0);
        });
    });
}

TEST_CASE("what does not fit its column is refused, also where absent rows are inserted") {
    TestDatabase on = TestDatabase::fresh(Engine::MariaDb);
    Opened opened(on);
    Rows claims;
    claims.add(std::string(192, 'x'), "owner");
    claims.add("good", "owner");
    for (int round = 0; round < 2; ++round) {
        try {
            opened.database.write([&](Tx& tx) { tx.insert_absent(kName, claims); });
            FAIL("it would have been cut short");
        } catch (const DatabaseError& error) {
            CHECK(error.failure() == Failure::Data);
        }
    }
    opened.database.read([&](Reader& reader) { CHECK(reader.select({"SELECT name FROM names", "t"}).empty()); });
}

TEST_CASE("errors name statement and number, never a bound value") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        Rows twice;
        twice.add("same_key_91XX", "SECRET-NAME", 0, Value());
        twice.add("same_key_91XX", "SECRET-NAME", 0, Value());
        try {
            opened.database.write([&](Tx& tx) { tx.insert(kThing, twice); });
            FAIL("two rows of one key");
        } catch (const DatabaseError& error) {
            const std::string what = error.what();
            CHECK(error.failure() == Failure::Data);
            CHECK(error.number() == (on.engine() == Engine::Sqlite ? 19 : 1062));
            CHECK(what.find("things") != std::string::npos);
            CHECK(what.find("SECRET") == std::string::npos);
            CHECK(what.find("91XX") == std::string::npos);
        }
        try {
            opened.database.write([&](Tx& tx) { tx.execute({"UPDATE nowhere SET a = :p1"}, {"SECRET-NAME"}); });
            FAIL("there is no such table");
        } catch (const DatabaseError& error) {
            CHECK(error.failure() == Failure::Bug);
            CHECK(std::string(error.what()).find("SECRET") == std::string::npos);
        }
    });
}

TEST_CASE("rows and parameters that do not fit their statement are bugs") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        const auto write = [&](const Rows& rows) { opened.database.write([&](Tx& tx) { tx.insert(kThing, rows); }); };
        Rows narrow;
        narrow.add("a", "b");
        CHECK_THROWS_AS(write(narrow), LogicError);
        CHECK_THROWS_AS(narrow.add("a"), LogicError);
        Rows null_text;
        null_text.add("a", Value(), 0, 0);
        CHECK_THROWS_AS(write(null_text), LogicError);
        Rows text_for_integer;
        text_for_integer.add("a", "", "1", 0);
        CHECK_THROWS_AS(write(text_for_integer), LogicError);
        opened.database.read([&](Reader& reader) {
            CHECK_THROWS_AS(reader.select({"SELECT id FROM things WHERE id = :p1", "t"}), LogicError);
            CHECK_THROWS_AS(reader.select({"SELECT id FROM things WHERE id = :id", "t"}), LogicError);
            CHECK_THROWS_AS(reader.select({"SELECT id, note FROM things", "t"}), LogicError);
            CHECK(reader.select({"SELECT id FROM things WHERE id IN (:list)", "t"}).empty());
        });
    });
}

TEST_CASE("a reader sees one snapshot, and cannot write") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        constexpr Select kCount{"SELECT COUNT(*) FROM things", "i"};
        opened.database.read([&](Reader& reader) {
            CHECK(reader.select(kCount).integer(0, 0) == 0);
            Rows row;
            row.add("a", "", 0, Value());
            opened.database.write([&](Tx& tx) { tx.insert(kThing, row); });
            CHECK(reader.select(kCount).integer(0, 0) == 0);
        });
        opened.database.read([&](Reader& reader) { CHECK(reader.select(kCount).integer(0, 0) == 1); });
    });
}

TEST_CASE("who looks sees with each select what is committed by then") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        constexpr Select kCount{"SELECT COUNT(*) FROM things", "i"};
        opened.database.look([&](Reader& reader) {
            CHECK(reader.select(kCount).integer(0, 0) == 0);
            Rows row;
            row.add("a", "", 0, Value());
            opened.database.write([&](Tx& tx) { tx.insert(kThing, row); });
            CHECK(reader.select(kCount).integer(0, 0) == 1);
        });
    });
}

TEST_CASE("a write that throws leaves nothing, whatever it throws") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        Rows row;
        row.add("a", "", 0, Value());
        CHECK_THROWS_AS(opened.database.write([&](Tx& tx) {
            tx.insert(kThing, row);
            throw LogicError("no");
        }),
                        LogicError);
        opened.database.read([&](Reader& reader) { CHECK(reader.select({"SELECT id FROM things", "t"}).empty()); });
    });
}

TEST_CASE("DB-04 readers are bounded: one too many is refused in time, and a place comes free again") {
    each_engine([](TestDatabase& on) {
        DatabaseSettings settings = on.settings();
        settings.readers = 1;
        settings.lease_timeout = std::chrono::milliseconds(1);
        ManualClock clock(start());
        Database database(std::move(settings), clock);
        database.read([&](Reader&) {
            try {
                database.read([](Reader&) { FAIL("there is but one connection"); });
                FAIL("the lease must time out");
            } catch (const DatabaseError& error) {
                CHECK(error.failure() == Failure::Lost);
            }
        });
        bool ran = false;
        database.read([&](Reader&) { ran = true; });
        CHECK(ran);
    });
}

TEST_CASE("long text holds more than 64 KB") {
    each_engine([](TestDatabase& on) {
        Opened opened(on);
        const std::string body(300'000, 'b');
        Rows rows;
        for (int at = 0; at < 40; ++at)
            rows.add(thing_id(static_cast<std::size_t>(at)), body);  // 12 MB: several rounds
        opened.database.write([&](Tx& tx) { tx.insert({"texts", "id, body", "tt"}, rows); });
        opened.database.read([&](Reader& reader) {
            const Found found = reader.select({"SELECT body FROM texts", "t"});
            REQUIRE(found.size() == 40);
            CHECK(found.text(39, 0) == body);
        });
    });
}
