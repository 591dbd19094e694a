#include <doctest/doctest.h>

#include "src/base/error.h"
#include "src/db/migration_text.h"
#include "src/db/statement_text.h"

using namespace huiqiao;
using namespace huiqiao::db;

TEST_CASE("placeholders are found outside quotes, and unknown ones are refused") {
    const Cut parts = cut("SELECT ':p9' FROM t WHERE a = :p2 AND b IN (:list) AND c = :p1");
    CHECK(parts.placeholders == std::vector<int>{2, 0, 1});
    CHECK(parts.pieces.size() == 4);
    CHECK(parts.pieces[3].empty());
    CHECK(parts.has_list());
    CHECK(parts.parameters() == 2);
    CHECK_THROWS_AS(cut("a = :id"), LogicError);
    CHECK_THROWS_AS(cut("a = :p"), LogicError);
    CHECK_THROWS_AS(cut("a IN (:list) OR b IN (:list)"), LogicError);
}

TEST_CASE("columns are split at commas") {
    CHECK(split_names("id, +balance_minor,state ") == std::vector<std::string_view>{"id", "+balance_minor", "state"});
    CHECK_THROWS_AS(split_names("id,,state"), LogicError);
}

TEST_CASE("lists are widened to 1, 8, 64 or 512") {
    CHECK(list_width(1) == 1);
    CHECK(list_width(2) == 8);
    CHECK(list_width(8) == 8);
    CHECK(list_width(9) == 64);
    CHECK(list_width(65) == 512);
    CHECK(list_width(512) == 512);
}

TEST_CASE("a migration's text becomes statements of each engine") {
    const Migration migration{
        1, "001_x",
        "-- don't; split here\nCREATE TABLE t (id {id} NOT NULL PRIMARY KEY,\n  w {text} NOT NULL "
        "DEFAULT 'a--b;c'\n) {table_end};\n{append_only t}\n"};
    const auto sqlite = statements_of(migration, Engine::Sqlite);
    REQUIRE(sqlite.size() == 3);
    CHECK(sqlite[0] == "CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY,\n  w TEXT NOT NULL DEFAULT 'a--b;c'\n) STRICT");
    CHECK(sqlite[1] ==
          "CREATE TRIGGER t_no_update BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 't is append-only'); END");
    const auto mariadb = statements_of(migration, Engine::MariaDb);
    REQUIRE(mariadb.size() == 3);
    CHECK(mariadb[0].find("ascii_nopad_bin") != std::string::npos);
    CHECK(mariadb[2] ==
          "CREATE TRIGGER t_no_delete BEFORE DELETE ON t FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 't is "
          "append-only'");
    CHECK_THROWS_AS(statements_of({1, "001_x", "CREATE TABLE t (id {number})"}, Engine::Sqlite), LogicError);
}

TEST_CASE("rows keep their width, and can be picked and appended") {
    Rows rows;
    rows.add("a", 1);
    rows.add("b", 2);
    rows.add("c", 3);
    CHECK_THROWS_AS(rows.add("d"), LogicError);
    Rows picked = std::move(rows).picked({2, 0});
    CHECK(picked.size() == 2);
    CHECK(picked.column(0)[0].text() == "c");
    CHECK(picked.column(1)[1].integer() == 1);
    Rows more;
    more.add("e", 5);
    picked.append(std::move(more));
    CHECK(picked.size() == 3);
    CHECK(picked.column(0)[2].text() == "e");
    CHECK_THROWS_AS(std::ignore = picked.column(1)[0].text(), LogicError);
}
