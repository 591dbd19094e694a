// What can go wrong while currency is bought and paid out.

#include "tests/scenario/two_orders.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using Work = std::vector<std::string>;

namespace {

constexpr const char* kPay = "POST http://127.0.0.1:7801 /v1/payments";
constexpr const char* kBuy = "POST http://127.0.0.1:7801 /v1/fx/purchases";

}  // namespace

TEST_CASE("PAY-01 a bank that pays and falls silent is asked, never told again") {
    TestDesk desk;
    live_with(desk, "sandbox-bank",
              R"({"fault":"timeout_after_effect","count":1,"match":{"path":"/v1/payments","method":"POST"}})");
    desk.check_all_done();
    CHECK(calls_of(desk, kPay) == 1);
    CHECK(desk.number("SELECT COUNT(*) FROM remittance") == 1);
}

TEST_CASE(
    "XCT-07 a payment that the bank says not to know is neither sent again nor failed: its money stays held, and "
    "two persons are asked to decide") {
    TestDesk desk;
    live_with(desk, "sandbox-bank",
              R"({"fault":"timeout_before_effect","count":1,"match":{"path":"/v1/payments","method":"POST"}})", 6);
    CHECK(desk.order_states() == "fx remitting 2");
    CHECK(calls_of(desk, kPay) == 1);
    CHECK(desk.number("SELECT COUNT(*) FROM hold WHERE state = 'open'") > 0);
    CHECK(balance(desk, "remitting", "USD") == balance(desk, "provision", "USD"));
    CHECK(open_work(desk) == Work{"instruction_escalated instruction"});

    CHECK(desk.decide_escalated() == 1);
    CHECK(desk.order_states() == "fx converted 2");
    CHECK(desk.number("SELECT COUNT(*) FROM hold WHERE state = 'open'") == 0);
    CHECK(balance(desk, "merchant", "USD") == balance(desk, "provision", "USD"));
    CHECK(open_work(desk) == Work{"remittance_rejected remittance"});
    desk.check_books();
}

TEST_CASE("a status that comes late, or is lost, is made up for by the statement") {
    for (const char* fault : {R"({"fault":"lost_status","count":1})", R"({"fault":"late_status","count":1})",
                              R"({"fault":"outage","count":6})"}) {
        CAPTURE(fault);
        TestDesk desk;
        live_with(desk, "sandbox-bank", fault);
        desk.check_all_done();
    }
}

TEST_CASE("a payment that is refused for good gives its money back to the merchant, and a person is told") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"reject","count":1})");
    CHECK(desk.order_states() == "fx converted 2");
    CHECK(balance(desk, "remitting", "USD") == 0);
    CHECK(balance(desk, "merchant", "USD") == balance(desk, "provision", "USD"));
    CHECK(desk.number("SELECT COUNT(*) FROM hold WHERE state = 'open'") == 0);
    CHECK(open_work(desk) == Work{"remittance_rejected remittance"});
}

TEST_CASE("PAY-06 a payment debited twice is the bank's debt, and that currency's payouts stop") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"duplicate_payout","count":1})");
    CHECK(desk.order_states() == "fx completed 2");
    CHECK(balance(desk, "suspense_debit", "USD") == -balance(desk, "provision", "USD"));
    CHECK(desk.number("SELECT COUNT(*) FROM payout_stop WHERE currency = 'USD'") == 1);
    CHECK(open_work(desk) == Work{"account_overdrawn account", "duplicate_payout remittance"});
}

TEST_CASE("PAY-07 a payment that comes back the next day is the merchant's money again, and the first entry stays") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"return_next_day","count":1})");
    CHECK(desk.order_states() == "fx converted 2");
    CHECK(balance(desk, "merchant", "USD") == balance(desk, "provision", "USD"));
    CHECK(open_work(desk) == Work{"remittance_returned remittance"});
}

TEST_CASE("FX-03 a lock that expired, a rate that moved or a desk that refuses leads to a new quote and one deal") {
    for (const char* fault : {R"({"fault":"fx_lock_expires","count":1})", R"({"fault":"fx_stale_rate","count":1})",
                              R"({"fault":"fx_reject","count":1})", R"({"fault":"fx_pending","count":1})"}) {
        CAPTURE(fault);
        TestDesk desk;
        live_with(desk, "sandbox-bank", fault);
        desk.check_all_done();
        CHECK(desk.number("SELECT COUNT(*) FROM purchase_leg WHERE amount_minor <> 0") % 2 == 0);
        CHECK(balance(desk, "position", "USD") == 0);
        CHECK(balance(desk, "position", "CNY") == 0);
    }
}

TEST_CASE("FX-05 a purchase whose answer is lost is asked for, never ordered again") {
    TestDesk desk;
    live_with(desk, "sandbox-bank",
              R"({"fault":"timeout_after_effect","count":1,"match":{"path":"/v1/fx/purchases"}})");
    desk.check_all_done();
    CHECK(calls_of(desk, kBuy) == 1);
}

TEST_CASE("FX-06 what a bank fills in part is shared first paid first, and the rest is bought in another deal") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"fx_partial","count":1})");
    desk.check_all_done();
    CHECK(calls_of(desk, kBuy) >= 2);
}

TEST_CASE("FX-07 a fill of more than was ordered is booked as the bank says, kept apart, and shown to a person") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"fx_over_fill","count":1})");
    CHECK(desk.order_states() == "fx completed 2");
    CHECK(balance(desk, "suspense_debit", "CNY") > 0);
    CHECK(balance(desk, "suspense", "USD") > 0);
    CHECK(desk.number("SELECT COUNT(*) FROM payout_stop WHERE currency = 'CNY'") == 1);
    const Work work = open_work(desk);
    CHECK(std::find(work.begin(), work.end(), "deal_differs purchase") != work.end());
}

TEST_CASE("FX-09 a board that jumps is not dealt on: orders wait and a person is told") {
    TestDesk desk;
    desk.submit({two_dollar_orders().front()});
    desk.live_days(2);
    REQUIRE(desk.order_states() == "fx completed 1");
    desk.fault("sandbox-bank", R"({"fault":"fx_jump","count":-1})");
    desk.submit({two_dollar_orders().back()});
    desk.live_days(2);
    CHECK(desk.order_states() == "fx completed 1, fx funded 1");
    CHECK(calls_of(desk, kBuy) == 1);
    const Work work = open_work(desk);
    CHECK(std::find(work.begin(), work.end(), "rate_refused fx_board") != work.end());
    desk.check_books();
}
