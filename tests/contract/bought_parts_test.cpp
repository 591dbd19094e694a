// Orders that are bought in several deals: paid once, or after a day what there is of them.

#include <doctest/doctest.h>

#include "src/flow/save_orders.h"
#include "tests/contract/bank_desk.h"

using namespace bank_desk;
using orders::OrderState;

namespace {

template <class Change>
void change(BankDesk& d, const std::string& id, Change how) {
    REQUIRE(d.desk
                .run({},
                     [&](db::Group& group) {
                         orders::Order order = *orders::OrderStore::find(group.tx, id);
                         how(group, order);
                         const flow::OrderChange changed{&order, ""};
                         flow::save_orders(group, std::span(&changed, 1));
                     })
                .ok());
}

/// So much of it was dealt now.
void dealt(db::Group& group, const std::string& id, const Money& foreign) {
    const std::string purchase = group.ids.next("pur");
    group.tx.execute({"INSERT INTO purchase (id, reference, currency, foreign_account, dealt_at) "
                      "VALUES (:p1, :p2, 'USD', 'sb-usd', :p3)"},
                     {purchase, purchase, group.now});
    group.tx.execute({"INSERT INTO purchase_allocation (id, purchase_id, order_id, currency, "
                      "foreign_minor) VALUES (:p1, :p2, :p3, 'USD', :p4)"},
                     {purchase + "|" + id, purchase, id, foreign.minor()});
}

/// CNY of it is not converted yet; what is bought was dealt now.
void bought_in_part(BankDesk& d, const std::string& id, const char* not_converted) {
    change(d, id, [&](db::Group& group, orders::Order& order) {
        order.amounts.converted -= money("CNY", not_converted);
        dealt(group, id, order.amounts.bought);
    });
}

/// CNY of it is still with the channel; with all that came it was bought now.
void funded_in_part(BankDesk& d, const std::string& id, const char* not_funded) {
    change(d, id, [&](db::Group& group, orders::Order& order) {
        order.amounts.funded -= money("CNY", not_funded);
        order.amounts.converted -= money("CNY", not_funded);
        dealt(group, id, order.amounts.bought);
    });
}

/// CNY of it that was not converted, now is, for so much.
void bought_whole(BankDesk& d, const std::string& id, const char* more) {
    REQUIRE(d.desk
                .run({},
                     [&](db::Group& group) {
                         orders::Order order = *orders::OrderStore::find(group.tx, id);
                         order.amounts.converted += order.amounts.convertible();
                         order.amounts.bought += money("USD", more);
                         const flow::OrderChange change{&order, ""};
                         flow::save_orders(group, std::span(&change, 1));
                     })
                .ok());
}

/// All USD 100.00 of it by one remittance.
void check_paid_once(BankDesk& d, const std::string& id) {
    d.run();
    REQUIRE(d.remittances().size() == 1);
    CHECK(d.remittances()[0].amount == money("USD", "100.00"));
    d.advance(std::chrono::minutes(2));
    CHECK(d.get(id).state == OrderState::Completed);
    d.check_books();
}

}  // namespace

TEST_CASE("FX-06 an order that is bought in parts is paid once, when all of it is bought") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "60.00");
        bought_in_part(d, id, "280.00");
        for (int hour = 0; hour < 3; ++hour) d.advance(std::chrono::hours(1));
        CHECK(d.remittances().empty());
        bought_whole(d, id, "40.00");
        check_paid_once(d, id);
    });
}

TEST_CASE("FX-06 a bought part is paid by itself where the rest cannot be bought for a day, and the rest when it is") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "60.00");
        bought_in_part(d, id, "280.00");
        d.advance(std::chrono::hours(23));
        CHECK(d.remittances().empty());
        d.advance(std::chrono::hours(1));
        REQUIRE(d.remittances().size() == 1);
        CHECK(d.remittances()[0].amount == money("USD", "60.00"));
        d.advance(std::chrono::hours(25));
        CHECK(d.remittances().size() == 1);
        CHECK(d.get(id).amounts.remitted == money("USD", "60.00"));
        bought_whole(d, id, "40.00");
        d.advance(std::chrono::minutes(2));
        CHECK(d.remittances().size() == 2);
        CHECK(d.get(id).state == OrderState::Completed);
        d.check_books();
    });
}

TEST_CASE("a part whose row says by an older rule that it waits to be paid waits for the rest all the same") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "60.00");
        bought_in_part(d, id, "280.00");
        d.desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE orders SET waiting = 'remit:USD' WHERE id = :p1"}, {id}); });
        d.run();
        CHECK(d.remittances().empty());
        d.desk.database.read([&](db::Reader& reader) {
            CHECK(orders::OrderStore::waiting(reader, orders::Waiting::Convert, currency("USD"), 9).size() == 1);
        });
    });
}

TEST_CASE(
    "FX-06 an order of two payments is paid once, though the first was bought with whole before the second came") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "60.00");
        funded_in_part(d, id, "280.00");
        CHECK(orders::waiting_of(d.get(id)) == orders::Waiting::Part);
        for (int hour = 0; hour < 3; ++hour) d.advance(std::chrono::hours(1));
        CHECK(d.remittances().empty());
        change(d, id, [](db::Group&, orders::Order& order) { order.amounts.funded += money("CNY", "280.00"); });
        CHECK(orders::waiting_of(d.get(id)) == orders::Waiting::Convert);
        bought_whole(d, id, "40.00");
        check_paid_once(d, id);
    });
}

TEST_CASE("FX-06 where the second payment does not come for a day, what the first bought is paid by itself") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "60.00");
        funded_in_part(d, id, "280.00");
        d.advance(std::chrono::hours(23));
        CHECK(d.remittances().empty());
        d.advance(std::chrono::hours(1));
        REQUIRE(d.remittances().size() == 1);
        CHECK(d.remittances()[0].amount == money("USD", "60.00"));
        d.advance(std::chrono::hours(25));
        CHECK(d.get(id).amounts.remitted == money("USD", "60.00"));
        d.check_books();
    });
}

TEST_CASE("FX-06 a part waits a day from its own deal, however long an earlier one of its order is paid") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "60.00");
        bought_in_part(d, id, "280.00");
        d.advance(std::chrono::hours(24));
        d.advance(std::chrono::hours(1));
        REQUIRE(d.get(id).amounts.remitted == money("USD", "60.00"));
        change(d, id, [&](db::Group& group, orders::Order& order) {
            order.amounts.converted += money("CNY", "140.00");
            order.amounts.bought += money("USD", "20.00");
            dealt(group, id, money("USD", "20.00"));
        });
        d.advance(std::chrono::hours(23));
        CHECK(d.remittances().size() == 1);
        d.advance(std::chrono::hours(1));
        REQUIRE(d.remittances().size() == 2);
        d.check_books();
    });
}

TEST_CASE("old parts whose money is missing do not hide those behind them from being paid") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        for (int i = 0; i < 4; ++i) bought_in_part(d, d.order("m2", "USD", "60.00"), "280.00");
        const std::string behind = d.order("m1", "USD", "60.00");
        bought_in_part(d, behind, "280.00");
        flow::RemitSettings settings = BankDesk::remit_settings();
        settings.orders_a_group = 2;
        flow::Remit remit(
            {d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.parties, d.remitters(), settings});
        d.desk.clock.advance(std::chrono::hours(24));
        int made = 0;
        for (int minute = 0; minute < 3; ++minute) {
            made += remit.step(d.desk.clock.now());
            d.desk.clock.advance(std::chrono::minutes(1));
        }
        CHECK(made == 1);
        CHECK(d.get(behind).amounts.remitting == money("USD", "60.00"));
    });
}
