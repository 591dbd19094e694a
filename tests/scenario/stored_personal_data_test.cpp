#include <doctest/doctest.h>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

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
