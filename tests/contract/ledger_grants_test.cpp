// The serving user's privileges, as docs/operator.md hands them out: the statements are run as they stand there.

#include <fstream>
#include <sstream>

#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using testing::LedgerDesk;
using testing::money;
using testing::TestDatabase;

namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

/// The statement of the guide that begins so, up to its semicolon, for this database and this user.
std::string printed(const std::string& beginning, const std::string& database, const std::string& user) {
    std::ifstream in("docs/operator.md");
    std::stringstream guide;
    guide << in.rdbuf();
    const std::string text = guide.str();
    const std::size_t from = text.find("\n" + beginning);
    REQUIRE(from != std::string::npos);
    std::string statement = text.substr(from + 1, text.find(";\n", from) - from - 1);
    statement = replaced(std::move(statement), "''huiqiao''@", "''" + user + "''@");
    statement = replaced(std::move(statement), "'huiqiao'@", "'" + user + "'@");
    statement = replaced(std::move(statement), "= 'huiqiao'", "= '" + database + "'");
    return replaced(std::move(statement), "huiqiao.", database + ".");
}

}  // namespace

TEST_CASE("LED-03 the serving user of the guide can book, and cannot change, empty or drop what is booked") {
    TestDatabase where = TestDatabase::fresh(db::Engine::MariaDb);
    LedgerDesk owner(where);
    owner.collect("m1", "10.00");
    const std::string name = where.settings().name;
    const std::string user = "serve_" + name;
    const auto as_owner = [&](const std::string& text) {
        owner.database.write([&](db::Tx& tx) { tx.execute({text}); });
    };
    as_owner("CREATE USER '" + user + "'@'localhost'");
    std::vector<std::string> grants;
    owner.database.read([&](db::Reader& reader) {
        const std::string listing = printed("SELECT CONCAT('GRANT SELECT, INSERT'", name, user);
        const db::Found found = reader.select({listing, "t"});
        for (std::size_t row = 0; row < found.size(); ++row) grants.push_back(found.text(row, 0));
    });
    REQUIRE(grants.size() > 30);
    for (std::string& grant : grants) as_owner(grant.substr(0, grant.find(';')));
    as_owner(printed("GRANT SELECT, CREATE ON huiqiao.schema_version", name, user));
    // The privileges alone must hold.
    for (const char* table : {"journal_entry", "posting", "entry_fact", "anchor"}) {
        for (const char* event : {"update", "delete"}) as_owner(std::string("DROP TRIGGER ") + table + "_no_" + event);
    }

    db::DatabaseSettings settings = where.settings();
    settings.user = user;
    db::Database serving(std::move(settings), owner.clock);
    const auto refused_with = [&](const std::string& text) {
        try {
            serving.write([&](db::Tx& tx) { tx.execute({text}); });
        } catch (const db::DatabaseError& error) {
            return error.number();
        }
        return 0;
    };
    constexpr int kDenied = 1142;
    for (const char* table : {"journal_entry", "posting", "entry_fact", "anchor"}) {
        const std::string at(table);
        CAPTURE(at);
        CHECK(refused_with("DELETE FROM " + at) == kDenied);
        CHECK(refused_with("TRUNCATE TABLE " + at) == kDenied);
        CHECK(refused_with("DROP TABLE " + at) == kDenied);
        CHECK(refused_with("ALTER TABLE " + at + " ADD COLUMN more INT") == kDenied);
    }
    CHECK(refused_with("UPDATE posting SET amount_minor = 1") == kDenied);
    CHECK(refused_with("CREATE TRIGGER t BEFORE INSERT ON posting FOR EACH ROW SET NEW.amount_minor = 1") == kDenied);
    // It can do its work: read and add what is append-only, change what is not.
    CHECK(refused_with("INSERT INTO entry_fact (fact_key, entry_id) VALUES ('a|b|c', 'ent_x')") == 0);
    CHECK(refused_with("UPDATE account SET balance_minor = balance_minor") == 0);
    as_owner("DROP USER '" + user + "'@'localhost'");
}
