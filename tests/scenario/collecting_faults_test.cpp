// What can go wrong while buyers pay, and while payments are declared.

#include "tests/scenario/two_orders.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using Work = std::vector<std::string>;

TEST_CASE("NTF-02 a notice that comes twice, NTF-03 late or never, NTF-04 forged first, still pays its order once") {
    for (const char* fault :
         {R"({"fault":"notice_twice","count":2})", R"({"fault":"notice_lost","count":2})",
          R"({"fault":"notice_late","count":2,"with":{"delay_s":"12000"}})", R"({"fault":"notice_forged","count":2})",
          R"({"fault":"notice_wrong_amount","count":2,"with":{"amount":"1.00"}})"}) {
        CAPTURE(fault);
        TestDesk desk;
        live_with(desk, "sandbox-pay", fault);
        desk.check_all_done();
        CHECK(desk.order_states() == "fx completed 2");
        CHECK(desk.number("SELECT COUNT(*) FROM journal_entry WHERE kind = 'collected'") == 2);
    }
}

TEST_CASE("NTF-03 with no notice at all, payments are found by asking") {
    TestDesk desk;
    desk.notices_arrive = false;
    desk.submit(two_dollar_orders());
    desk.live_days(3);
    CHECK(desk.order_states() == "fx completed 2");
    CHECK(desk.number("SELECT COUNT(*) FROM notice") == 0);
    desk.check_books();
}

TEST_CASE("NTF-08 a buyer who pays another amount than asked has not paid; his money is kept apart and a person told") {
    TestDesk desk;
    live_with(desk, "sandbox-pay", R"({"fault":"paid_wrong_amount","count":1,"with":{"amount":"1.00"}})");
    CHECK(desk.order_states() == "fx completed 1, fx expired 1");
    CHECK(balance(desk, "suspense", "CNY") == 100);
    const Work work = open_work(desk);
    CHECK(std::find(work.begin(), work.end(), "payment_amount payment") != work.end());
}

TEST_CASE("XCT-06 a channel that took an order and fell silent, or was closed, is asked and told again") {
    for (const char* fault : {R"({"fault":"timeout_after_effect","count":2})", R"({"fault":"outage","count":4})"}) {
        CAPTURE(fault);
        TestDesk desk;
        live_with(desk, "sandbox-pay", fault);
        desk.check_all_done();
        CHECK(desk.ask("sandbox-pay", http::Method::Get, "/admin/books").root().find("trades_count")->integer() == 2);
    }
}

TEST_CASE("an order that the channel refuses expires unpaid, the other goes its way") {
    TestDesk desk;
    live_with(desk, "sandbox-pay", R"({"fault":"reject_order","count":1})");
    CHECK(desk.order_states() == "fx completed 1, fx expired 1");
    CHECK(desk.number("SELECT COUNT(*) FROM declaration") == 1);
}

TEST_CASE("a declaration whose answer or receipt is late, lost or doubled is accepted once") {
    for (const char* fault :
         {R"({"fault":"outage","count":3})", R"({"fault":"timeout_before_effect","count":1})",
          R"({"fault":"timeout_after_effect","count":1})", R"({"fault":"receipt_twice","count":2})",
          R"({"fault":"receipt_late","count":1,"with":{"delay_s":"3600"}})", R"({"fault":"receipt_lost","count":1})"}) {
        CAPTURE(fault);
        TestDesk desk;
        live_with(desk, "single-window", fault);
        desk.check_all_done();
        CHECK(desk.number("SELECT COUNT(*) FROM declaration WHERE state = 'accepted'") == 2);
    }
}

TEST_CASE("a declaration that customs refuses waits for a person, and holds back no money") {
    TestDesk desk;
    live_with(desk, "single-window", R"({"fault":"reject","count":1})");
    CHECK(desk.order_states() == "fx completed 2");
    CHECK(desk.number("SELECT COUNT(*) FROM declaration WHERE state = 'rejected'") == 1);
    CHECK(open_work(desk) == Work{"declaration_rejected declaration"});
}
