// The same days lived twice: once with everything kept, once with everything let go as soon as the settings allow.

#include <doctest/doctest.h>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr const char* kEvidence =
    "SELECT c.operation FROM call_answer a JOIN external_call c ON c.id = a.call_id ORDER BY c.operation";
constexpr const char* kBooked =
    "SELECT account_id || ' ' || direction || ' ' || SUM(amount_minor) FROM posting GROUP BY account_id, direction "
    "ORDER BY account_id, direction";

void live(TestDesk& desk) {
    desk.submit(mixed_sample(12));
    desk.live_days(4);
    desk.advance(std::chrono::hours(24 * 9), std::chrono::hours(3));
    desk.reopen();
    desk.settle();
    desk.check_books();
}

}  // namespace

TEST_CASE("letting go of polls and told events changes no order, no book and no evidence") {
    TestDesk keeps;
    live(keeps);
    DeskSettings settings;
    settings.overrides = {"retention.polls_days=1", "retention.events_days=7"};
    TestDesk lets_go(settings);
    live(lets_go);

    CHECK(lets_go.order_states() == keeps.order_states());
    CHECK(lets_go.texts(kBooked) == keeps.texts(kBooked));
    CHECK(lets_go.texts(kEvidence) == keeps.texts(kEvidence));
    for (const char* kept : {"orders", "payment", "journal_entry", "remittance", "declaration", "customs_receipt",
                             "statement", "statement_line", "settlement_line", "fx_lock", "purchase", "notice"}) {
        CAPTURE(kept);
        const std::string rows = std::string("SELECT COUNT(*) FROM ") + kept;
        CHECK(lets_go.number(rows) == keeps.number(rows));
    }
    CHECK(keeps.number("SELECT COUNT(*) FROM passing_answer") > 0);
    for (const char* pruned : {"passing_answer", "external_call", "instruction", "event"}) {
        CAPTURE(pruned);
        const std::string rows = std::string("SELECT COUNT(*) FROM ") + pruned;
        CHECK(lets_go.number(rows) < keeps.number(rows));
    }
    // No call lost what it asked for, and no answer its call.
    CHECK(lets_go.number("SELECT COUNT(*) FROM instruction WHERE call_id NOT IN (SELECT id FROM external_call)") == 0);
    CHECK(lets_go.number("SELECT COUNT(*) FROM passing_answer WHERE call_id NOT IN (SELECT id FROM external_call)") ==
          0);
    CHECK(lets_go.number("SELECT COUNT(*) FROM call_answer WHERE call_id NOT IN (SELECT id FROM external_call)") == 0);
}
