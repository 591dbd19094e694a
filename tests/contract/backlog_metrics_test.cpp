// How old the oldest work that has not left is, for who watches the metrics (RSC-08).

#include "src/calls/backlog.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

TEST_CASE("RSC-08: how long the oldest call has not left and the oldest webhook was not told is a metric") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        desk.page.watch_backlog(desk.clock, {"sandbox-pay", "sandbox-bank"});
        const auto shows = [&](const std::string& line) {
            return desk.send(ApiDesk::get("/metrics")).body.find(line + "\n") != std::string::npos;
        };
        CHECK(shows("huiqiao_oldest_unsent_call_seconds{counterparty=\"sandbox-pay\"} 0"));
        CHECK(shows("huiqiao_oldest_untold_event_seconds 0"));
        const std::string order = desk.order("B1");
        desk.clock.advance(std::chrono::minutes(7));
        desk.order("B2");
        CHECK(shows("huiqiao_oldest_unsent_call_seconds{counterparty=\"sandbox-pay\"} 420"));
        CHECK(shows("huiqiao_oldest_unsent_call_seconds{counterparty=\"sandbox-bank\"} 0"));
        CHECK(shows("huiqiao_oldest_untold_event_seconds 420"));
        // It backs off, so it is due later than the second: still the oldest.
        desk.write([&](db::Group& group) {
            group.tx.execute({"UPDATE external_call SET not_sent = 3, due_at = :p1 WHERE created_at = "
                              "(SELECT at FROM (SELECT MIN(created_at) AS at FROM external_call) first)"},
                             {group.now + std::chrono::hours(1)});
        });
        CHECK(shows("huiqiao_oldest_unsent_call_seconds{counterparty=\"sandbox-pay\"} 420"));
        // It has left: the second is the oldest now.
        desk.write([&](db::Group& group) {
            group.tx.execute({"UPDATE external_call SET state = 'answered', due_at = NULL WHERE not_sent = 3"});
        });
        CHECK(shows("huiqiao_oldest_unsent_call_seconds{counterparty=\"sandbox-pay\"} 0"));
    });
}
