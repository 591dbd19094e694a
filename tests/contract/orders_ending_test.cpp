#include <doctest/doctest.h>

#include "src/events/event.h"
#include "tests/contract/orders_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// Marks orders as paid, as collect does.
struct PayItem final : db::Item {
    std::string order_id;
    bool paid = false;
};

class Pay final : public db::Operation {
 public:
    struct Paying final : db::Work {
        std::vector<PayItem*> items;
        void lock(db::Locks& locks) override {
            for (PayItem* item : items) locks.add(orders::kOrderLock, item->order_id);
        }
        void run(db::Group& group) override {
            for (PayItem* item : items) {
                orders::Order order = orders::OrderStore::find(group.tx, item->order_id).value();
                item->paid = !order.cancelled && !order.expired;
                if (!item->paid) continue;
                order.amounts.paid = order.amounts.due;
                order.payment_open = false;
                const flow::OrderChange change{&order, ""};
                flow::save_orders(group, std::span(&change, 1));
            }
        }
    };
    std::string_view name() const override { return "test_pay"; }
    std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        auto work = std::make_unique<Paying>();
        for (const auto& item : items) work->items.push_back(static_cast<PayItem*>(item.get()));
        return work;
    }
};

std::shared_ptr<flow::CancelItem> cancel_of(const std::string& id, std::string platform = "plt_1") {
    auto item = std::make_shared<flow::CancelItem>();
    item->platform_id = std::move(platform);
    item->order_id = id;
    return item;
}

orders::Order stored(OrderDesk& desk, const std::string& id) {
    std::optional<orders::Order> order;
    desk.database.read([&](db::Reader& reader) { order = orders::OrderStore::find(reader, id); });
    return order.value();
}

std::vector<std::string> event_types(OrderDesk& desk, const std::string& id) {
    std::vector<std::string> types;
    desk.database.read([&](db::Reader& reader) {
        std::int64_t sequence = 0;
        for (const auto& event : events::EventStore::of_object(reader, id, 0, 100)) {
            CHECK(event.sequence == ++sequence);
            types.push_back(event.type);
        }
    });
    return types;
}

}  // namespace

TEST_CASE("an unpaid order is cancelled once, with its payment; again is answered the same") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        const std::string id = desk.take_one(OrderDesk::good("A")).order->id;
        // The channel may have heard of it.
        desk.database.write([](db::Tx& tx) { tx.execute({"UPDATE external_call SET attempts = 1"}, {}); });
        for (int i = 0; i < 2; ++i) {
            auto item = cancel_of(id);
            REQUIRE(desk.queue.run(desk.cancel, item).ok());
            REQUIRE(item->order.has_value());
            CHECK(item->order->state == orders::OrderState::Cancelled);
            CHECK(item->order->declaration_state == orders::kNotDeclared);  // nothing is waited for any more
        }
        CHECK(event_types(desk, id) == std::vector<std::string>{"order.created", "order.cancelled"});
        desk.database.read([&](db::Reader& reader) {
            CHECK(orders::PaymentStore().of_orders(reader, std::vector{id})[0].state == orders::PaymentState::Closed);
            // Its notice may be lost: the channel is still asked.
            CHECK(orders::PaymentStore().due_for_query(reader, desk.clock.now() + std::chrono::hours(1), 9).size() ==
                  1);
        });
        auto other = cancel_of(id, "plt_2");
        REQUIRE(desk.queue.run(desk.cancel, other).ok());
        CHECK(other->error->code->text == "not_found");
        auto missing = cancel_of("ord_none");
        REQUIRE(desk.queue.run(desk.cancel, missing).ok());
        CHECK(missing->error->code->text == "not_found");
    });
}

TEST_CASE("ORD-09: of a cancel and a payment in one group exactly one wins, by who came first") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        Pay pay;
        for (const bool cancel_first : {true, false}) {
            const std::string id = desk.take_one(OrderDesk::good(cancel_first ? "A" : "B")).order->id;
            auto cancel = cancel_of(id);
            auto payment = std::make_shared<PayItem>();
            payment->order_id = id;
            std::vector<std::shared_ptr<db::Ticket>> tickets;
            if (cancel_first) tickets.push_back(desk.queue.submit(desk.cancel, cancel).value());
            tickets.push_back(desk.queue.submit(pay, payment).value());
            if (!cancel_first) tickets.push_back(desk.queue.submit(desk.cancel, cancel).value());
            for (const auto& ticket : tickets) {
                REQUIRE(desk.queue.wait(ticket, desk.clock.monotonic() + std::chrono::seconds(30)).ok());
            }
            CHECK(payment->paid != cancel->order.has_value());
            const orders::Order order = stored(desk, id);
            CHECK(order.state == (payment->paid ? orders::OrderState::Paid : orders::OrderState::Cancelled));
            if (payment->paid) CHECK(cancel->error->code->text == "order_not_cancellable");
        }
    });
}

TEST_CASE("an order that is not paid in time expires after its grace, once") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        flow::IntakeOrder soon = OrderDesk::good("A");
        soon.pay_within = std::chrono::seconds(60);
        const std::string id = desk.take_one(soon).order->id;
        const std::string later = desk.take_one(OrderDesk::good("B")).order->id;
        const std::string paid = desk.take_one([&] {
                                         flow::IntakeOrder order = soon;
                                         order.platform_order_no = "C";
                                         return order;
                                     }())
                                     .order->id;
        Pay pay;
        auto payment = std::make_shared<PayItem>();
        payment->order_id = paid;
        REQUIRE(desk.queue.run(pay, payment).ok());

        desk.clock.advance(std::chrono::minutes(5));
        CHECK(desk.expire.step(desk.clock.now()) == 0);
        desk.clock.advance(std::chrono::minutes(6));
        CHECK(desk.expire.step(desk.clock.now()) == 1);
        CHECK(desk.expire.step(desk.clock.now()) == 0);
        CHECK(stored(desk, id).state == orders::OrderState::Expired);
        CHECK(stored(desk, later).state == orders::OrderState::AwaitingPayment);
        CHECK(stored(desk, paid).state == orders::OrderState::Paid);
        CHECK(event_types(desk, id) == std::vector<std::string>{"order.created", "order.expired"});
        desk.database.read([&](db::Reader& reader) {
            CHECK(orders::PaymentStore().of_orders(reader, std::vector{id})[0].state == orders::PaymentState::Closed);
            CHECK(orders::OrderStore::to_declare(reader, desk.clock.now(), 10) == std::vector{paid});
        });
    });
}

TEST_CASE("saving an order tells one event for a change of state, none for an amount alone, and keeps every field") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        const std::string id = desk.take_one(OrderDesk::good("A")).order->id;
        struct Change final : db::Work {
            std::string id;
            std::function<void(orders::Order&)> change;
            std::string event;
            void lock(db::Locks& locks) override { locks.add(orders::kOrderLock, id); }
            void run(db::Group& group) override {
                orders::Order order = orders::OrderStore::find(group.tx, id).value();
                change(order);
                const flow::OrderChange wanted{&order, event};
                flow::save_orders(group, std::span(&wanted, 1));
            }
        };
        struct Changing final : db::Operation {
            std::string id;
            std::function<void(orders::Order&)> change;
            std::string event;
            std::string_view name() const override { return "test_change"; }
            std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>>) override {
                auto work = std::make_unique<Change>();
                work->id = id, work->change = change, work->event = event;
                return work;
            }
        } changing;
        changing.id = id;
        const auto save = [&](std::string event, std::function<void(orders::Order&)> change) {
            changing.change = std::move(change);
            changing.event = std::move(event);
            REQUIRE(desk.queue.run(changing, std::make_shared<db::Item>()).ok());
        };
        save("", [](orders::Order& o) { o.amounts.paid = o.amounts.due; });
        save("", [](orders::Order& o) { o.hold_reason = "name check"; });
        CHECK(stored(desk, id).hold_reason == "name check");
        save("order.released", [](orders::Order& o) { o.hold_reason = ""; });
        save("", [](orders::Order& o) { o.amounts.funded = o.amounts.paid, o.amounts.fee = OrderDesk::cny(100); });
        desk.database.read([&](db::Reader& reader) {
            CHECK(orders::OrderStore::waiting(reader, orders::Waiting::Convert, Currency::known("USD"), 9).size() == 1);
            CHECK(orders::OrderStore::waiting(reader, orders::Waiting::Convert, Currency::known("EUR"), 9).empty());
        });
        save("", [](orders::Order& o) { o.amounts.converting = o.amounts.convertible(); });
        save("", [](orders::Order& o) {
            o.amounts.converted = o.amounts.converting - OrderDesk::cny(3);
            o.amounts.rest = OrderDesk::cny(3);
            o.amounts.converting = OrderDesk::cny(0);
            o.amounts.bought = Money::of_minor(o.payout_currency, 3'050);
        });
        desk.database.read([&](db::Reader& reader) {
            CHECK(orders::OrderStore::waiting(reader, orders::Waiting::Convert, Currency::known("USD"), 9).empty());
            CHECK(orders::OrderStore::waiting(reader, orders::Waiting::Remit, Currency::known("USD"), 9).size() == 1);
        });
        save("", [](orders::Order& o) { o.amounts.remitting = o.amounts.bought; });
        save("", [](orders::Order& o) {
            o.amounts.remitted = o.amounts.remitting;
            o.amounts.remitting = Money::zero(o.payout_currency);
        });
        const orders::Order order = stored(desk, id);
        CHECK(order.state == orders::OrderState::Completed);
        CHECK(order.amounts.fee == OrderDesk::cny(100));
        CHECK(order.amounts.rest == OrderDesk::cny(3));
        CHECK(order.amounts.remitted.minor() == 3'050);
        CHECK(order.declaration_state == "due");
        CHECK(order.merchant_id == "mch_1");
        CHECK(order.payee_id == "pye_usd");
        CHECK(event_types(desk, id) == std::vector<std::string>{"order.created", "order.paid", "order.released",
                                                                "order.funded", "order.converting", "order.converted",
                                                                "order.remitting", "order.completed"});
        CHECK(order.event_sequence == 8);
    });
}

TEST_CASE("orders of a platform are listed newest first, page by page, by state too") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        std::vector<std::string> made;
        for (int i = 0; i < 5; ++i) {
            made.push_back(desk.take_one(OrderDesk::good("L-" + std::to_string(i))).order->id);
        }
        REQUIRE(desk.queue.run(desk.cancel, cancel_of(made[1])).ok());
        desk.database.read([&](db::Reader& reader) {
            const auto first = orders::OrderStore::list(reader, "plt_1", "", "", 3);
            REQUIRE(first.size() == 3);
            CHECK(first[0].id == made[4]);
            const auto rest = orders::OrderStore::list(reader, "plt_1", "", first[2].id, 3);
            REQUIRE(rest.size() == 2);
            CHECK(rest[1].id == made[0]);
            const auto cancelled = orders::OrderStore::list(reader, "plt_1", "cancelled", "", 3);
            REQUIRE(cancelled.size() == 1);
            CHECK(cancelled[0].id == made[1]);
            CHECK(orders::OrderStore::list(reader, "plt_2", "", "", 3).empty());
        });
    });
}

TEST_CASE("an order that ends before the channel heard of it is never placed there, nor asked for") {
    for (const bool cancelled : {true, false}) {
        CAPTURE(cancelled);
        each_engine([&](TestDatabase& base) {
            OrderDesk desk(base);
            desk.open_parties();
            flow::IntakeOrder soon = OrderDesk::good("A");
            soon.pay_within = std::chrono::seconds(60);
            const std::string id = desk.take_one(soon).order->id;
            desk.take_one(OrderDesk::good("B"));
            if (cancelled) {
                REQUIRE(desk.queue.run(desk.cancel, cancel_of(id)).ok());
            } else {
                desk.clock.advance(std::chrono::minutes(11));
                REQUIRE(desk.expire.step(desk.clock.now()) == 1);
            }
            CHECK(desk.count("SELECT COUNT(*) FROM external_call WHERE state = 'prepared'") == 1);
            CHECK(desk.count("SELECT COUNT(*) FROM external_call WHERE state = 'withdrawn' AND due_at IS NULL") == 1);
            CHECK(desk.count("SELECT COUNT(*) FROM instruction WHERE outcome = 'withdrawn'") == 1);
            CHECK(desk.count("SELECT COUNT(*) FROM payment WHERE state = 'closed' AND due_at IS NULL") == 1);
        });
    }
}
