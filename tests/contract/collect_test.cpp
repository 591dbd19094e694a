#include <atomic>
#include <thread>
#include "src/base/crash_point.h"

#include "tests/contract/collect_desk.h"

using namespace collect_desk;

TEST_CASE("an order is placed at the channel, the buyer pays, and the notice books it once") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order("219.00");
        CHECK(desk.payment(id).state == orders::PaymentState::Pending);
        CHECK(desk.payment(id).pay_url.find(desk.payment(id).reference) != std::string::npos);
        CHECK(desk.stored(id).state == orders::OrderState::AwaitingPayment);
        desk.buyer_pays(id);
        desk.run();
        const orders::Payment payment = desk.payment(id);
        CHECK(payment.state == orders::PaymentState::Succeeded);
        CHECK(payment.received.text() == "219.00");
        CHECK(!payment.channel_number.empty());
        CHECK(desk.stored(id).state == orders::OrderState::Paid);
        CHECK(desk.stored(id).amounts.paid.text() == "219.00");
        CHECK(desk.merchant() == "219.00");
        CHECK(desk.clearing() == "219.00");
        CHECK(desk.entries() == 1);
        CHECK(desk.number("SELECT COUNT(*) FROM payment_allocation") == 1);
        CHECK(desk.number("SELECT COUNT(*) FROM notice WHERE state = 'applied'") == 1);
        // Nothing is left to be done.
        desk.pass(hours(30), minutes(10));
        CHECK(desk.collect.counters().queried == 0);
        CHECK(desk.entries() == 1);
        desk.check_books();
    });
}

TEST_CASE("a notice is acknowledged only after its COMMIT; one that was lost before is sent again (NTF-01)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.buyer_pays(id);
        auto sendings = desk.channel.due(desk.clock.now());
        REQUIRE(sendings.size() == 1);
        install_crash_hook([](std::string_view at) {
            if (at == "collect.storing") throw SimulatedCrash{std::string(at)};
        });
        CHECK_THROWS_AS((void)desk.collect.take_notice("sandbox-pay", sendings[0].headers.all(), sendings[0].body),
                        SimulatedCrash);
        install_crash_hook({});
        desk.channel.sent(sendings[0].id, {http::OutcomeKind::Unknown, {}, "reset"}, desk.clock.now());
        CHECK(desk.number("SELECT COUNT(*) FROM notice") == 0);
    });
}

TEST_CASE("a thousand copies of a notice are all acknowledged and post nothing more (NTF-02, NTF-05)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.channel.faults().add("notice_twice", 1);
        desk.buyer_pays(id);
        auto sendings = desk.channel.due(desk.clock.now());
        REQUIRE(sendings.size() == 2);
        std::vector<std::shared_ptr<db::Item>> copies;
        for (int i = 0; i < 1000; ++i) {
            auto item = desk.collect.check_notice("sandbox-pay", sendings[0].headers.all(), sendings[0].body);
            REQUIRE(item.ok());
            copies.push_back(*item);
        }
        for (const Status& status : desk.queue.run(desk.collect.store_notice(), copies)) CHECK(status.ok());
        for (auto& sending : sendings)
            desk.channel.sent(sending.id, {http::OutcomeKind::Unknown, {}, ""}, desk.clock.now());
        desk.pass(hours(2));
        CHECK(desk.collect.counters().stored == 1);
        CHECK(desk.number("SELECT COUNT(*) FROM notice") == 1);
        CHECK(desk.entries() == 1);
        // Years later the same genuine bytes come again.
        desk.clock.advance(hours(24 * 400));
        CHECK(desk.collect.take_notice("sandbox-pay", sendings[0].headers.all(), sendings[0].body).ok());
        desk.run();
        CHECK(desk.entries() == 1);
        desk.check_books();
    });
}

TEST_CASE("NTF-02 a thousand copies at once, through two writers on one MariaDB, are one notice and one entry") {
    TestDatabase base = TestDatabase::fresh(db::Engine::MariaDb);
    Desk desk(base);
    const std::string id = desk.order();
    desk.buyer_pays(id);
    auto sendings = desk.channel.due(desk.clock.now());
    REQUIRE(sendings.size() == 1);
    SeededRandom other_random(99);
    IdSource other_ids(desk.clock, other_random);
    db::Database other_database(base.settings(), desk.clock);
    db::WriteQueue other_queue(other_database, desk.clock, other_ids, {});
    std::vector<std::vector<std::shared_ptr<db::Item>>> copies(2);
    for (int i = 0; i < 1000; ++i) {
        copies[static_cast<std::size_t>(i % 2)].push_back(
            desk.collect.check_notice("sandbox-pay", sendings[0].headers.all(), sendings[0].body).value());
    }
    std::atomic<int> acknowledged{0};
    const auto tell = [&](db::WriteQueue& queue, std::span<const std::shared_ptr<db::Item>> all) {
        for (std::size_t from = 0; from < all.size(); from += 50) {
            for (const Status& status : queue.run(desk.collect.store_notice(), all.subspan(from, 50)))
                acknowledged += status.ok() ? 1 : 0;
        }
    };
    std::thread other([&] { tell(other_queue, copies[1]); });
    tell(desk.queue, copies[0]);
    other.join();
    CHECK(acknowledged == 1000);
    CHECK(desk.number("SELECT COUNT(*) FROM notice") == 1);
    desk.channel.sent(sendings[0].id, {http::OutcomeKind::Answered, http::Response::text(200, ""), ""},
                      desk.clock.now());
    desk.run();
    CHECK(desk.entries() == 1);
    CHECK(desk.stored(id).state == orders::OrderState::Paid);
    desk.check_books();
}

TEST_CASE("a lost notice is found by the schedule of queries (NTF-03)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.channel.faults().add("notice_lost", 1);
        desk.pass(minutes(3));
        CHECK(desk.payment(id).polls == 2);  // at 1 and 2 minutes
        desk.buyer_pays(id);
        desk.pass(minutes(4));
        CHECK(desk.payment(id).state == orders::PaymentState::Succeeded);
        CHECK(desk.payment(id).polls == 3);
        CHECK(desk.stored(id).state == orders::OrderState::Paid);
        CHECK(desk.entries() == 1);
        desk.pass(hours(26), minutes(10));
        CHECK(desk.payment(id).polls == 3);
        desk.check_books();
    });
}

TEST_CASE("forged and unsigned notices are refused and counted, and nothing of them is stored (NTF-04)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.channel.faults().add("notice_forged", 1);
        desk.buyer_pays(id);
        auto sendings = desk.channel.due(desk.clock.now());
        REQUIRE(sendings.size() == 2);
        int refused = 0;
        for (auto& sending : sendings) {
            if (!desk.collect.take_notice("sandbox-pay", sending.headers.all(), sending.body).ok()) ++refused;
        }
        CHECK(refused == 1);
        CHECK(!desk.collect.take_notice("sandbox-pay", {}, sendings[0].body).ok());
        CHECK(!desk.collect.take_notice("other-pay", sendings[0].headers.all(), sendings[0].body).ok());
        CHECK(desk.collect.counters().forged == 2);
        CHECK(desk.number("SELECT COUNT(*) FROM notice") == 1);
        desk.run();
        CHECK(desk.entries() == 1);
    });
}

TEST_CASE("a notice above the threshold is a hint: the channel's own answer books it (NTF-10)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order("5000.01");
        desk.buyer_pays(id);
        desk.deliver_notices();
        CHECK(desk.collect.process_notices(desk.clock.now()) == 1);
        CHECK(desk.entries() == 0);
        CHECK(desk.payment(id).state == orders::PaymentState::Pending);
        CHECK(desk.number("SELECT COUNT(*) FROM notice WHERE state = 'queried'") == 1);
        desk.run_calls();
        CHECK(desk.entries() == 1);
        CHECK(desk.stored(id).state == orders::OrderState::Paid);
        CHECK(desk.collect.counters().queried == 1);
        desk.check_books();
    });
}

TEST_CASE("an order whose answer was lost is placed again under the same reference and is one trade there (XCT-08)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        desk.channel.faults().add("timeout_after_effect", 2);
        const std::string id = desk.order();
        CHECK(desk.payment(id).state == orders::PaymentState::Created);
        // The buyer is faster than our second try: the notice overtakes the order's answer.
        desk.buyer_pays(id);
        desk.run();
        CHECK(desk.payment(id).state == orders::PaymentState::Succeeded);
        desk.pass(minutes(10), seconds(10));
        CHECK(desk.number(
                  "SELECT COUNT(*) FROM instruction WHERE operation = 'channel.order' AND outcome = 'confirmed'") == 1);
        CHECK(desk.admin(http::Method::Get, "/admin/books").body.find(R"("trades_count":1)") != std::string::npos);
        CHECK(desk.entries() == 1);
        desk.check_books();
    });
}

TEST_CASE("an outage of the channel delays orders and queries, which are signed when they leave at last, and loses nothing") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        desk.client.network = [](const auto&) { return Network::Refused; };
        const std::string id = desk.order();
        desk.pass(minutes(20));
        CHECK(desk.payment(id).state == orders::PaymentState::Created);
        desk.client.network = [](const auto&) { return Network::Fine; };
        desk.pass(minutes(20));
        CHECK(desk.payment(id).state == orders::PaymentState::Pending);
        CHECK(desk.work_items_of("instruction_escalated") == 0);
        desk.buyer_pays(id);
        desk.run();
        CHECK(desk.entries() == 1);
    });
}

TEST_CASE("500 confirmed payments are one group of few statements, and every order is paid") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const auto ids = desk.take_in(500, "100.00");
        for (int i = 0; i < 140; ++i) desk.worker->step();
        for (const std::string& id : ids) desk.buyer_pays(id);
        desk.deliver_notices();
        CHECK(desk.collect.counters().stored == 500);
        const auto groups = desk.queue.counters().groups;
        CHECK(desk.collect.process_notices(desk.clock.now()) == 500);
        CHECK(desk.queue.counters().groups == groups + 1);
        CHECK(desk.collect.counters().booked == 500);
        CHECK(desk.merchant() == "50000.00");
        CHECK(desk.number("SELECT COUNT(*) FROM orders WHERE state = 'paid'") == 500);
        CHECK(desk.number("SELECT COUNT(*) FROM payment_allocation") == 500);
        desk.check_books();
    });
}
