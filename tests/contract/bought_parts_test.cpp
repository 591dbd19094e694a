// Orders that are bought in several deals: paid once, or after a day what there is of them.

#include <doctest/doctest.h>

#include "src/flow/save_orders.h"
#include "tests/contract/bank_desk.h"

using namespace bank_desk;
using orders::OrderState;

namespace {

/// CNY of it is not converted yet; what is bought was dealt now.
void bought_in_part(BankDesk& d, const std::string& id, const char* not_converted) {
    REQUIRE(d.desk
                .run({},
                     [&](db::Group& group) {
                         orders::Order order = *orders::OrderStore::find(group.tx, id);
                         order.amounts.converted -= money("CNY", not_converted);
                         const flow::OrderChange change{&order, ""};
                         flow::save_orders(group, std::span(&change, 1));
                         const std::string purchase = "pur_" + id;
                         group.tx.execute({"INSERT INTO purchase (id, reference, currency, foreign_account, dealt_at) "
                                           "VALUES (:p1, :p2, 'USD', 'sb-usd', :p3)"},
                                          {purchase, purchase, group.now});
                         group.tx.execute({"INSERT INTO purchase_allocation (id, purchase_id, order_id, currency, "
                                           "foreign_minor) VALUES (:p1, :p2, :p3, 'USD', :p4)"},
                                          {purchase + "|" + id, purchase, id, order.amounts.bought.minor()});
                     })
                .ok());
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
        d.run();
        REQUIRE(d.remittances().size() == 1);
        CHECK(d.remittances()[0].amount == money("USD", "100.00"));
        d.advance(std::chrono::minutes(2));
        CHECK(d.get(id).state == OrderState::Completed);
        d.check_books();
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
