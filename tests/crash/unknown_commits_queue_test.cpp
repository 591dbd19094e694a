// T3 over the write queue alone: a COMMIT that is lost, or whose answer is lost, and what the callers are told.
// HUIQIAO_COMMITS=20000 runs it at length.

#include <cstdlib>
#include <iostream>

#include "tests/contract/db_desk.h"
#include "tests/crash/commit_proxy.h"

using namespace db_desk;
using huiqiao::crash::CommitFate;
using huiqiao::crash::CommitProxy;

namespace {

int wanted_commits() {
    const char* more = std::getenv("HUIQIAO_COMMITS");
    return more == nullptr ? 400 : std::atoi(more);
}

DatabaseSettings through(const CommitProxy& proxy, const TestDatabase& on) {
    DatabaseSettings settings = on.settings();
    settings.socket.clear();
    settings.host = "127.0.0.1";
    settings.port = proxy.port();
    return settings;
}

}  // namespace

TEST_CASE("DB-01 T3 a COMMIT of unknown outcome is found out, and each deposit is made exactly once") {
    TestDatabase on = TestDatabase::fresh(Engine::MariaDb);
    const int commits = wanted_commits();
    CommitProxy proxy(on.settings().socket, crash::every(2));
    Desk desk(through(proxy, on));
    proxy.arm(true);
    for (int at = 0; at < commits; ++at) {
        CAPTURE(at);
        const auto deposit = desk.deposit("fact" + std::to_string(at), "purse" + std::to_string(at % 3), 1);
        REQUIRE(desk.queue->run(desk.deposits, deposit).ok());
        REQUIRE_FALSE(deposit->replayed);
    }
    proxy.arm(false);
    std::cout << "| COMMITs of unknown outcome | |\n|---|--:|\n| had taken place | " << proxy.applied()
              << " |\n| had not | " << proxy.not_applied() << " |\n| deposits, each once | " << commits << " |\n";
    CHECK(desk.number("SELECT COUNT(*) FROM deposit") == commits);
    CHECK(desk.number("SELECT SUM(balance) FROM purse") == commits);
    CHECK(desk.number("SELECT SUM(group_no) FROM writer_slot") == commits);
    CHECK(desk.number("SELECT COUNT(*) FROM writer_slot") == 1);  // the slot was never lost
    CHECK(proxy.applied() >= commits / 10);
    CHECK(proxy.not_applied() >= commits / 10);
    CHECK(desk.queue->counters().unknown_commits == static_cast<std::uint64_t>(proxy.applied() + proxy.not_applied()));
}
