// Bad days, drawn from a seed: calls refused, cut off or left hanging, the counterparties' own faults, notices that
// come twice, late or never, and deaths at crash points wherever the draw puts them. When it is over every order is
// final.

#include <doctest/doctest.h>

#include "tests/support/test_desk.h"
#include "tests/support/two_persons.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using Network = SimulatedClient::Network;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kOrders = 30;

/// Faults of counterparties after which every order still comes to its payee by itself.
constexpr std::pair<const char*, const char*> kMended[] = {
    {"sandbox-pay", "notice_twice"},
    {"sandbox-pay", "notice_lost"},
    {"sandbox-pay", "notice_forged"},
    {"sandbox-pay", "timeout_after_effect"},
    {"sandbox-pay", "outage"},
    {"sandbox-bank", "outage"},
    {"sandbox-bank", "timeout_after_effect"},
    {"sandbox-bank", "late_status"},
    {"sandbox-bank", "fx_reject"},
    {"sandbox-bank", "fx_lock_expires"},
    {"sandbox-bank", "fx_pending"},
    {"single-window", "timeout_after_effect"},
    {"single-window", "receipt_twice"},
};

void draw_faults(TestDesk& desk, Random& random) {
    for (const auto& [counterparty, fault] : kMended) {
        const auto count = random.below(4);
        if (count != 0)
            desk.fault(counterparty,
                       R"({"fault":")" + std::string(fault) + R"(","count":)" + std::to_string(count) + "}");
    }
}

/// One call in twelve goes wrong.
Network drawn(Random& random) {
    switch (random.below(36)) {
        case 0: return Network::Refused;
        case 1: return Network::AnswerLost;
        case 2: return Network::Hangs;
        default: return Network::Fine;
    }
}

/// Orders whose payment was proved not to have been made are paid again only when two persons say so.
void release_held(TestDesk& desk) {
    std::string held;
    for (const std::string& id : desk.texts("SELECT id FROM orders WHERE hold_reason <> '' ORDER BY id"))
        held.append(held.empty() ? "\"" : ",\"").append(id).append("\"");
    if (held.empty()) return;
    app::App::Parts& parts = desk.parts();
    TwoPersons persons(parts.database, parts.queue, parts.resolve, parts.ledger, parts.decisions());
    persons.settle("release_order", R"("order_ids":[)" + held + R"(],"outcome":"released")");
}

void bad_days(std::uint64_t seed) {
    CAPTURE(seed);
    DeskSettings settings;
    settings.seed = seed;
    TestDesk desk(settings);
    SeededRandom random(seed * 7919);
    desk.network() = [&random](const http::OutgoingRequest&) { return drawn(random); };
    draw_faults(desk, random);
    constexpr const char* kDeaths[] = {"write_queue.before_commit", "write_queue.after_commit", "calls.sent",
                                       "calls.answered", "collect.processing"};
    desk.crash_at(kDeaths[random.below(std::size(kDeaths))], static_cast<int>(1 + random.below(200)));
    desk.submit(mixed_sample(kOrders));
    desk.live_days(1);
    draw_faults(desk, random);
    desk.crash_at(kDeaths[random.below(std::size(kDeaths))], static_cast<int>(1 + random.below(200)));
    desk.live_days(1);
    desk.network() = [](const http::OutgoingRequest&) { return Network::Fine; };
    // A claim that died before it was sent is never sent again: the bank does not know of it, and two persons say so
    // when the last query, more than three days later, has said nothing.
    for (int day = 0; day < 4; ++day) {
        desk.live_days(1);
        desk.decide_escalated();
    }
    release_held(desk);
    desk.live_days(3);  // over a weekend, on which no bank pays
    CHECK(desk.number("SELECT COUNT(*) FROM orders") == kOrders);
    desk.check_all_done();
    desk.check_books();
}

}  // namespace

TEST_CASE("after days of drawn faults and deaths every order is final, nothing is held, and all books agree") {
    // 43: a receipt and the answer to its declaration came home in one group.
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 43}) bad_days(seed);
}
