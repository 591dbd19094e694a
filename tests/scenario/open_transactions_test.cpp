#include <doctest/doctest.h>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr db::Command kTouchNothing{"UPDATE writer_slot SET passed_at = passed_at WHERE number = -1"};

}  // namespace

TEST_CASE("XCT-03: no transaction is open while a call leaves: another writer gets the whole database each time") {
    TestDesk desk;
    int calls = 0;
    int writes = 0;
    desk.network() = [&](const http::OutgoingRequest&) {
        ++calls;
        // SQLite has one writer: this would wait, and fail, for as long as a transaction of ours stood open.
        desk.parts().database.write([&](db::Tx& tx) { tx.execute(kTouchNothing); });
        ++writes;
        return SimulatedClient::Network::Fine;
    };
    desk.submit(mixed_sample(4));
    desk.live_days(1);
    CHECK(calls > 10);
    CHECK(writes == calls);
}
