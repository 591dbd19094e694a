// An order that ended unpaid is closed at the channel as well: nobody can pay it there any more, and what was paid
// before the close is found.

#include "tests/contract/collect_desk.h"

using namespace collect_desk;

namespace {

int status_of_paying(Desk& desk, const std::string& order_id) {
    return desk
        .admin(http::Method::Post, "/admin/pay", R"({"out_trade_no":")" + desk.payment(order_id).reference + R"("})")
        .status;
}

}  // namespace

TEST_CASE("an order that was cancelled or expired cannot be paid at the channel afterwards") {
    for (const bool cancelled : {true, false}) {
        CAPTURE(cancelled);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string id = desk.order();
            desk.end(id, cancelled);
            desk.run_calls();
            CHECK(status_of_paying(desk, id) == 409);
            desk.pass(hours(25), minutes(30));
            CHECK(desk.payment(id).state == orders::PaymentState::Closed);
            CHECK(desk.suspense() == "0.00");
            CHECK(desk.entries() == 0);
            desk.check_books();
        });
    }
}

TEST_CASE("a payment that met the close is asked for at once and treated as late money") {
    for (const bool cancelled : {true, false}) {
        CAPTURE(cancelled);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string id = desk.order();
            desk.channel.faults().add("notice_lost", 1);
            desk.buyer_pays(id);
            desk.end(id, cancelled);
            desk.run_calls();
            CHECK(desk.payment(id).state == orders::PaymentState::Disputed);
            CHECK(desk.payment(id).reason == "late");
            CHECK(desk.suspense() == "219.00");
            CHECK(desk.work_items_of("payment_late") == 1);
            desk.pass(hours(25), minutes(30));
            CHECK(desk.entries() == 1);
            desk.check_books();
        });
    }
}

TEST_CASE("an order that ends while it is unsure whether the channel has it is closed there after it answered") {
    for (const bool reached : {true, false}) {
        CAPTURE(reached);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            if (reached) desk.channel.faults().add("timeout_after_effect", 1);
            if (!reached) desk.client.network = [](const auto&) { return Network::Hangs; };
            const std::string id = desk.order();
            if (!reached) desk.pass(seconds(20), seconds(5));
            desk.client.network = [](const auto&) { return Network::Fine; };
            CHECK(desk.payment(id).state == orders::PaymentState::Created);
            desk.end(id, true);
            desk.pass(minutes(10), seconds(10));
            CHECK(status_of_paying(desk, id) == 409);
            CHECK(desk.payment(id).state == orders::PaymentState::Closed);
            CHECK(desk.number("SELECT COUNT(*) FROM instruction WHERE operation = 'channel.close'") == 1);
            desk.pass(hours(25), minutes(30));
            CHECK(desk.number("SELECT COUNT(*) FROM instruction WHERE operation = 'channel.close'") == 1);
            CHECK(desk.number("SELECT COUNT(*) FROM work_item") == 0);
        });
    }
}

TEST_CASE("a close whose answer is lost, or that the channel puts off, is sent again until the trade is closed") {
    for (const std::string fault : {"timeout_after_effect", "user_paying", "outage"}) {
        CAPTURE(fault);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string id = desk.order();
            desk.channel.faults().add(fault, 2, {{"operation", "close"}});
            desk.end(id, true);
            desk.run_calls();
            desk.pass(minutes(10), seconds(10));
            CHECK(status_of_paying(desk, id) == 409);
            CHECK(desk.number("SELECT COUNT(*) FROM instruction WHERE operation = 'channel.close' AND outcome = "
                              "'confirmed'") == 1);
            CHECK(desk.payment(id).state == orders::PaymentState::Closed);
            CHECK(desk.number("SELECT COUNT(*) FROM work_item") == 0);
        });
    }
}

TEST_CASE("a buyer who is paying while the close is put off has paid, and his money is found") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.channel.faults().add("user_paying", 1);
        desk.channel.faults().add("notice_lost", 1);
        desk.end(id, true);
        desk.run_calls();
        desk.buyer_pays(id);
        desk.pass(minutes(1), seconds(10));
        CHECK(desk.payment(id).reason == "late");
        CHECK(desk.suspense() == "219.00");
        desk.check_books();
    });
}

TEST_CASE("of a cancel and the channel's answer to the order in one group, the trade is closed whoever came first") {
    for (const bool cancel_first : {true, false}) {
        CAPTURE(cancel_first);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string id = desk.take_in(1, "219.00").front();
            desk.worker->step();  // it is on its way
            auto item = std::make_shared<flow::CancelItem>();
            item->order_id = id;
            item->platform_id = "plt_1";
            if (cancel_first) REQUIRE(desk.queue.run(desk.cancel, item).ok());
            desk.run_calls();
            if (!cancel_first) REQUIRE(desk.queue.run(desk.cancel, item).ok());
            desk.run_calls();
            CHECK(desk.payment(id).state == orders::PaymentState::Closed);
            CHECK(status_of_paying(desk, id) == 409);
        });
    }
}
