#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// The text of that field in an order of the sample, the first behind that place.
std::string field(const SampleOrder& order, const std::string& name, const std::string& behind = "{") {
    const std::string begin = "\"" + name + "\":";
    const std::size_t at = order.json.find(begin, order.json.find(behind));
    REQUIRE(at != std::string::npos);
    const std::size_t open = order.json.find('"', at + begin.size()) + 1;
    return order.json.substr(open, order.json.find('"', open) - open);
}

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("of a bank's free text only known words are stored: \"settlement of 2026-05-12\" leaves \"settlement\"") {
    TestDesk desk;
    desk.submit(mixed_sample(4));
    desk.live_days(2);
    const std::vector<std::string> stored =
        desk.texts("SELECT DISTINCT narrative FROM statement_line ORDER BY narrative");
    REQUIRE(stored.size() == 2);
    CHECK(stored[0].empty());
    CHECK(stored[1] == "settlement");
}

TEST_CASE("of the buyers of paid and declared orders nothing stands readable in the database's files") {
    TestDesk desk;
    const std::vector<SampleOrder> orders = mixed_sample(30);
    desk.submit(orders);
    desk.live_days(2);
    REQUIRE(desk.number("SELECT COUNT(*) FROM external_call WHERE request <> ''") > 0);
    // The whole file and what is not yet in it: every table, index and page that was let go.
    const std::string file = desk.texts("SELECT file FROM pragma_database_list WHERE name = 'main'").front();
    const std::string bytes = bytes_of(file) + bytes_of(file + "-wal");
    for (const SampleOrder& order : orders) {
        const std::string name = field(order, "name", "\"buyer\"");
        const std::string number = field(order, "identity_number", "\"buyer\"");
        CAPTURE(order.json);
        CHECK(bytes.find(name) == std::string::npos);
        CHECK(bytes.find(number) == std::string::npos);
        // What is no secret is found by the same search.
        CHECK(bytes.find(field(order, "platform_order_no")) != std::string::npos);
    }
}
