#include "src/events/event.h"
#include "tests/contract/collect_desk.h"

using namespace collect_desk;

TEST_CASE("a wrong amount in the notice alone is asked of the channel, whose answer books the payment (NTF-08)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.channel.faults().add("notice_wrong_amount", 1);
        desk.buyer_pays(id);
        desk.run();
        CHECK(desk.payment(id).state == orders::PaymentState::Succeeded);
        CHECK(desk.merchant() == "219.00");
        CHECK(desk.suspense() == "0.00");
        CHECK(desk.collect.counters().queried == 1);
        desk.check_books();
    });
}

TEST_CASE(
    "a really wrong amount goes to suspense for what was received, with a work item, and is never paid (NTF-08)") {
    for (const std::string amount : {"218.99", "300.00"}) {
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string id = desk.order("219.00");
            desk.buyer_pays(id, amount);
            desk.run();
            CHECK(desk.payment(id).state == orders::PaymentState::Disputed);
            CHECK(desk.payment(id).reason == "amount");
            CHECK(desk.payment(id).received.text() == amount);
            CHECK(desk.stored(id).amounts.paid.is_zero());
            CHECK(desk.suspense() == amount);
            CHECK(desk.merchant() == "0.00");
            CHECK(desk.work_items_of("payment_amount") == 1);
            std::vector<std::string> told;
            desk.database.read([&](db::Reader& reader) {
                for (const auto& event : events::EventStore::of_object(reader, id, 0, 100)) told.push_back(event.type);
            });
            CHECK(told == std::vector<std::string>{"order.created", "order.payment_disputed"});
            desk.pass(hours(25), minutes(15));
            CHECK(desk.entries() == 1);
            desk.check_books();
        });
    }
}

TEST_CASE("money that comes after the order expired or was cancelled goes to suspense with a work item (NTF-07)") {
    for (const bool cancelled : {false, true}) {
        CAPTURE(cancelled);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string id = desk.order();
            desk.channel.faults().add("notice_late", 1);
            desk.buyer_pays(id);
            // The order ends before the notice comes.
            desk.end(id, cancelled);
            CHECK(desk.payment(id).state == orders::PaymentState::Closed);
            desk.pass(hours(1));
            CHECK(desk.payment(id).state == orders::PaymentState::Disputed);
            CHECK(desk.payment(id).reason == "late");
            CHECK(desk.suspense() == "219.00");
            CHECK(desk.stored(id).amounts.paid.is_zero());
            CHECK(desk.work_items_of("payment_late") == 1);
            CHECK(desk.entries() == 1);
            desk.check_books();
        });
    }
}

TEST_CASE("a refund's notice before its payment is parked; after a day a person looks, and no money moves (NTF-06)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        desk.channel.faults().add("notice_out_of_order", 1);
        desk.buyer_pays(id);
        desk.run();
        CHECK(desk.merchant() == "219.00");
        CHECK(desk.number("SELECT COUNT(*) FROM notice WHERE state = 'parked'") == 1);
        CHECK(desk.work_items_of("notice_held") == 0);
        desk.pass(hours(25), minutes(10));
        CHECK(desk.number("SELECT COUNT(*) FROM notice WHERE state = 'held'") == 1);
        CHECK(desk.work_items_of("notice_held") == 1);
        CHECK(desk.entries() == 1);
        desk.check_books();
    });
}

TEST_CASE("an order that the channel refuses for good fails its payment, and money for it can still be told") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        desk.channel.faults().add("reject_order", 1);
        const std::string id = desk.order();
        CHECK(desk.payment(id).state == orders::PaymentState::Failed);
        CHECK(desk.payment(id).reason == "ORDER_REFUSED");
        CHECK(!desk.stored(id).payment_open);
        desk.pass(hours(2));
        CHECK(desk.entries() == 0);
    });
}

TEST_CASE("the second payment of a paid order is a surplus: suspense and a person, never the order's (NTF-09)") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string id = desk.order();
        // A second attempt at the channel for the same order.
        struct Second final : db::Operation {
            Desk* desk;
            std::string order_id;
            std::string_view name() const override { return "second"; }
            std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>>) override {
                struct Working final : db::Work {
                    Second* second;
                    void run(db::Group& group) override {
                        orders::Payment payment = second->desk->payment(second->order_id);
                        payment.id = group.ids.next("pay");
                        payment.reference = group.ids.random_reference("P", 20);
                        payment.state = orders::PaymentState::Created;
                        orders::PaymentStore().insert(group, std::span(&payment, 1), std::nullopt);
                        const calls::NewCall call{
                            "channel.order",
                            "sandbox-pay",
                            calls::Recovery::Resendable,
                            payment.reference,
                            second->desk->port.order({payment.reference, payment.amount, "again", payment.expires_at}),
                            {{"payment", payment.id, 1, payment.reference, payment.amount}},
                            std::nullopt};
                        second->desk->calls.prepare(group, std::span(&call, 1));
                    }
                };
                auto work = std::make_unique<Working>();
                work->second = this;
                return work;
            }
        } second;
        second.desk = &desk;
        second.order_id = id;
        REQUIRE(desk.queue.run(second, std::make_shared<db::Item>()).ok());
        desk.run();
        std::vector<orders::Payment> both;
        desk.database.read(
            [&](db::Reader& reader) { both = orders::PaymentStore().of_orders(reader, std::span(&id, 1)); });
        REQUIRE(both.size() == 2);
        for (const auto& payment : both) {
            REQUIRE(desk.admin(http::Method::Post, "/admin/pay", R"({"out_trade_no":")" + payment.reference + R"("})")
                        .status == 200);
            desk.run();
        }
        CHECK(desk.stored(id).amounts.paid.text() == "219.00");
        CHECK(desk.merchant() == "219.00");
        CHECK(desk.suspense() == "219.00");
        CHECK(desk.work_items_of("payment_surplus") == 1);
        desk.check_books();
    });
}

TEST_CASE("a second payment under one number of the channel is disputed in suspense, and a person is told") {
    for (const bool together : {false, true}) {
        CAPTURE(together);
        each_engine([&](TestDatabase& base) {
            Desk desk(base);
            const std::string first = desk.order();
            const std::string second = desk.order();
            desk.channel_books.write([](db::Tx& tx) { tx.execute({"UPDATE trade SET number = 'SAME'"}, {}); });
            desk.buyer_pays(first);
            if (!together) desk.run();
            desk.buyer_pays(second);
            desk.run();
            const bool first_won = desk.payment(first).state == orders::PaymentState::Succeeded;
            const orders::Payment lost = desk.payment(first_won ? second : first);
            CHECK(desk.payment(first_won ? first : second).channel_number == "SAME");
            CHECK(lost.state == orders::PaymentState::Disputed);
            CHECK(lost.reason == "number");
            CHECK(lost.channel_number.empty());
            CHECK(desk.merchant() == "219.00");
            CHECK(desk.suspense() == "219.00");
            CHECK(desk.work_items_of("payment_number") == 1);
            desk.pass(hours(25), minutes(15));
            CHECK(desk.entries() == 2);
            CHECK(desk.work_items_of("payment_told_otherwise") == 0);
            CHECK(desk.number("SELECT COUNT(*) FROM notice WHERE due_at IS NOT NULL") == 0);
            desk.check_books();
        });
    }
}

TEST_CASE("a notice that cannot be processed is put off and held in the end, and keeps no other one waiting") {
    each_engine([](TestDatabase& base) {
        flow::CollectSettings settings;
        settings.notices_a_step = 1;
        Desk desk(base, settings);
        const std::string broken = desk.order();
        const std::string good = desk.order();
        // Its order is not there any more: whatever processes its notice fails.
        desk.database.write([&](db::Tx& tx) { tx.execute({"DELETE FROM orders WHERE id = :p1"}, {broken}); });
        desk.buyer_pays(broken);
        desk.deliver_notices();
        desk.clock.advance(seconds(1));
        desk.buyer_pays(good);
        desk.run();
        CHECK(desk.stored(good).amounts.paid.text() == "219.00");
        CHECK(desk.work_items_of("notice_held") == 0);
        desk.pass(hours(2), minutes(5));
        CHECK(desk.work_items_of("notice_held") == 1);
        CHECK(desk.number("SELECT COUNT(*) FROM notice WHERE state = 'held' AND due_at IS NULL") == 1);
        CHECK(desk.entries() == 1);
    });
}

TEST_CASE("RSC-07 a notice whose processing fails is tried five times, then a person has it; the others are not kept") {
    each_engine([](TestDatabase& base) {
        Desk desk(base);
        const std::string bad = desk.order();
        const std::string good = desk.order();
        // No amount can be added to this one any more: the fault is ours, and it stays.
        const auto set_paid = [&](std::int64_t minor) {
            desk.database.write([&](db::Tx& tx) {
                tx.execute({"UPDATE orders SET paid_minor = :p2 WHERE id = :p1"}, {bad, minor});
            });
        };
        set_paid(INT64_MAX);
        desk.buyer_pays(bad);
        desk.buyer_pays(good);
        desk.deliver_notices();
        const auto try_notices = [&] { return desk.collect.process_notices(desk.clock.now()); };
        CHECK(try_notices() == 1);
        CHECK(desk.stored(good).state == orders::OrderState::Paid);
        for (int tries = 2; tries <= 5; ++tries) {
            CAPTURE(tries);
            CHECK(try_notices() == 0);  // not before its pause is over
            CHECK(desk.work_items_of("notice_held") == 0);
            desk.clock.advance(minutes(5));
            CHECK(try_notices() == 0);
        }
        CHECK(desk.work_items_of("notice_held") == 1);
        CHECK(desk.collect.counters().held == 1);
        CHECK(desk.entries() == 1);
        CHECK(desk.number("SELECT COUNT(*) FROM notice") == 2);  // kept, for whoever looks
        // It is nobody's to try any more.
        set_paid(0);
        desk.clock.advance(hours(24));
        CHECK(try_notices() == 0);
        CHECK(desk.entries() == 1);
    });
}
