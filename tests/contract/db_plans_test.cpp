// How SQLite goes about the statements of the stores: what is asked while work goes on must not walk over a table that
// grows with the orders.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "src/base/clock.h"
#include "src/db/migrations.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using huiqiao::testing::TestDatabase;

namespace {

struct Statement {
    std::string name;  // "src/orders/waiting_store.cpp kNextKind"
    std::string sql;
};

/// Every db::Select constant of a store whose text stands in one piece.
std::vector<Statement> statements_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    const std::string source = text.str();
    static const std::regex kConstant(R"re(constexpr db::Select (k\w+)\{\s*((?:"[^"]*"\s*)+),)re");
    static const std::regex kPiece(R"re("([^"]*)")re");
    static const std::regex kParameter(":p[0-9]+");
    std::vector<Statement> statements;
    for (std::sregex_iterator at(source.begin(), source.end(), kConstant), end; at != end; ++at) {
        const std::string pieces = (*at)[2];
        std::string sql;
        for (std::sregex_iterator piece(pieces.begin(), pieces.end(), kPiece); piece != end; ++piece)
            sql += (*piece)[1];
        sql = std::regex_replace(sql, kParameter, "1");
        sql = std::regex_replace(sql, std::regex(":list"), "'a', 'b'");
        statements.push_back({file.string() + " " + (*at)[1].str(), sql});
    }
    return statements;
}

std::vector<Statement> all_statements() {
    std::vector<Statement> all;
    for (const char* room : {"src", "fx", "customs"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(room)) {
            if (!entry.path().string().ends_with("_store.cpp")) continue;
            for (Statement& each : statements_of(entry.path())) all.push_back(std::move(each));
        }
    }
    return all;
}

std::vector<std::string> plan_of(db::Reader& reader, const Statement& statement) {
    const std::string explain = "EXPLAIN QUERY PLAN " + statement.sql;
    const db::Found found = reader.select({explain, "iiit"});
    std::vector<std::string> plan;
    for (std::size_t row = 0; row < found.size(); ++row) plan.push_back(found.text(row, 3));
    return plan;
}

struct Schema {
    Schema() : on(TestDatabase::fresh(db::Engine::Sqlite)), database(on.settings(), clock) {
        REQUIRE(db::migrate(database).ok());
    }
    ManualClock clock{from_us(1'760'000'000'000'000)};
    TestDatabase on;
    db::Database database;
};

}  // namespace

TEST_CASE("what orders wait for, refused quotes and purchases' sums are sought by an index, not walked for") {
    Schema schema;
    const std::set<std::string> sought{
        "src/orders/waiting_store.cpp kNextKind", "src/orders/waiting_store.cpp kNextMerchant",
        "fx/quote_store.cpp kRefusedQuotes",      "fx/quote_store.cpp kMarkedUp",
        "fx/platform_quote_store.cpp kMarkedUp",  "src/flow/unasked_fill_store.cpp kOpen",
        "src/flow/unasked_fill_store.cpp kTold",  "fx/purchase_list_store.cpp kAllocated",
        "src/orders/to_buy_store.cpp kNext",      "src/orders/to_buy_store.cpp kOrders",
    };
    std::size_t seen = 0;
    schema.database.read([&](db::Reader& reader) {
        for (const Statement& statement : all_statements()) {
            if (!sought.contains(statement.name)) continue;
            ++seen;
            INFO(statement.name << ": " << statement.sql);
            for (const std::string& step : plan_of(reader, statement)) {
                INFO(step);
                CHECK_FALSE(step.starts_with("SCAN"));
                // By the key it would walk over all that were taken, to find the few that were not.
                if (statement.name.ends_with("kRefusedQuotes"))
                    CHECK(step.find("fx_quote_by_state (state=? AND id<?)") != std::string::npos);
            }
            // A condition that the index does not answer is a walk too, which the plan does not tell.
            if (statement.name.ends_with("kNextKind")) CHECK(statement.sql.find(" OR ") == std::string::npos);
        }
    });
    CHECK(seen == sought.size());
}
