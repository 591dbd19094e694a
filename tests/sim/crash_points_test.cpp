// The house dies at every place where it can die, is opened again over what the death left, and goes on: no order is
// lost, nothing is paid twice, and its books, their proof and the counterparties' books agree.

#include <doctest/doctest.h>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr int kDays = 2;

std::vector<SampleOrder> small_day() {
    std::vector<SampleOrder> orders;
    const auto add = [&](const char* kind, const char* currency, int count) {
        for (const SampleOrder& order : sample_orders()) {
            if (count == 0) return;
            if (order.payout_kind != kind || order.payout_currency != currency) continue;
            orders.push_back(order);
            --count;
        }
    };
    add("fx", "USD", 2);
    add("fx", "JPY", 1);
    add("cny", "", 1);
    add("domestic", "", 1);
    add("none", "", 1);
    return orders;
}

void live(TestDesk& desk) {
    desk.submit(small_day());
    desk.live_days(kDays);
}

/// Payments that the bank took, each reference once; and what they were of.
void check_paid_once(TestDesk& desk) {
    const http::Json books = desk.ask("sandbox-bank", http::Method::Get, "/admin/books");
    std::int64_t payments = 0;
    for (const http::JsonValue& each : books.root().find("payments")->items())
        payments += each.find("count")->integer();
    CHECK(payments == desk.number("SELECT COUNT(*) FROM remittance"));
    std::int64_t deals = 0;
    for (const http::JsonValue& each : books.root().find("deals")->items())
        if (each.find("status")->text() == "dealt") ++deals;
    CHECK(deals == desk.number("SELECT COUNT(*) FROM purchase WHERE state IN ('dealt', 'allocated', 'settled')"));
    // Each order's money went out once: what was converted and remitted is what it was funded with.
    CHECK(desk.number("SELECT COUNT(*) FROM orders WHERE remitted_minor > bought_minor AND payout = 'fx'") == 0);
    const http::Json channel = desk.ask("sandbox-pay", http::Method::Get, "/admin/books");
    CHECK(channel.root().find("trades_count")->integer() == desk.number("SELECT COUNT(*) FROM payment"));
}

void check_end(TestDesk& desk) {
    CHECK(desk.number("SELECT COUNT(*) FROM orders") == static_cast<std::int64_t>(small_day().size()));
    desk.check_all_done();
    desk.check_books();
    check_paid_once(desk);
}

/// Names and how often an undisturbed day passes each, found once.
const std::map<std::string, int>& points() {
    static const std::map<std::string, int> all = [] {
        TestDesk desk;
        const std::map<std::string, int> before = desk.passed();  // of migration and registration
        live(desk);
        std::map<std::string, int> passed = desk.passed();
        check_end(desk);
        for (const auto& [point, times] : before) {
            if ((passed[point] -= times) == 0) passed.erase(point);
        }
        return passed;
    }();
    return all;
}

void die_at(const std::string& point, int occurrence) {
    CAPTURE(point);
    CAPTURE(occurrence);
    TestDesk desk;
    desk.crash_at(point, occurrence);
    live(desk);
    CHECK(desk.has_crashed());
    check_end(desk);
}

}  // namespace

TEST_CASE(
    "crash points stand at every boundary of the path: queue, intake, notices, calls, deals, statements, payouts") {
    for (const char* point :
         {"write_queue.before_begin", "write_queue.before_commit", "write_queue.after_commit", "intake.before_write",
          "collect.storing", "collect.processing", "collect.processed", "calls.claiming", "calls.claimed", "calls.sent",
          "calls.answered", "calls.recording", "calls.recorded", "house.answered"}) {
        CAPTURE(point);
        CHECK(points().contains(point));
    }
}

TEST_CASE("after a death at any crash point, the first time it is passed, the day ends as if nothing had been") {
    for (const auto& [point, times] : points()) die_at(point, 1);
}

TEST_CASE("after a death at any crash point in the middle of the day, the day ends as if nothing had been") {
    for (const auto& [point, times] : points()) {
        if (times > 1) die_at(point, times / 2 + 1);
    }
}
