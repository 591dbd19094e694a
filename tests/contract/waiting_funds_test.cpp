// Orders that wait for their merchant's money: a person is told of each merchant and currency.

#include "src/flow/save_orders.h"
#include "src/flow/watch_waiting.h"
#include "src/orders/waiting_store.h"
#include "tests/contract/two_persons_desk.h"

using namespace two_persons_desk;

namespace {

std::vector<operators::WorkItem> missing(Desk& d) {
    std::vector<operators::WorkItem> found;
    d.desk.database.read([&](db::Reader& reader) {
        for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) {
            if (item.kind == flow::kMerchantFunds) found.push_back(item);
        }
    });
    return found;
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "a debit laid on a merchant starves its later orders: a person is told what is missing, until the money is there") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        flow::WatchWaiting watch(d.desk.database, *d.desk.queue, d.desk.books, {});
        const auto live = [&](int minutes) {
            int told = 0;
            for (int i = 0; i < minutes; ++i) {
                d.advance(std::chrono::minutes(1));
                told += watch.step(d.desk.clock.now());
            }
            return told;
        };
        d.fund("m1", "USD", "200.00");
        const std::string debit = d.stray_debit("80.00");
        d.two.settle("explain_debit", debit_as(debit, "merchant", "m1"));
        const std::string first = d.order("m1", "USD", "100.00");
        const std::string second = d.order("m1", "USD", "100.00");
        CHECK(live(10) >= 1);
        CHECK(d.get(first).state == orders::OrderState::Completed);
        CHECK(d.get(second).state == orders::OrderState::Converted);
        REQUIRE(missing(d).size() == 1);
        const operators::WorkItem told = missing(d).front();
        CHECK(told.subject_id == kMerchant.id());
        for (const std::string& text : {told.text_en, told.text_zh}) {
            CAPTURE(text);
            CHECK(holds(text, "USD 100.00"));
            CHECK(holds(text, "USD 20.00"));
            CHECK(holds(text, "USD 80.00"));
        }
        CHECK(live(10) == 0);  // told once

        d.fund("m1", "USD", "80.00");
        live(5);
        CHECK(d.get(second).state == orders::OrderState::Completed);
        CHECK(missing(d).empty());
    });
}

TEST_CASE("an order that waits for money that is not yet at the bank is no matter of its merchant") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        flow::WatchWaiting watch(d.desk.database, *d.desk.queue, d.desk.books, {});
        d.fund("m1", "USD", "100.00");
        d.stray_debit("80.00");  // nobody's yet: the provision account has too little, the merchant does not
        d.order("m1", "USD", "100.00");
        d.run();
        CHECK(watch.step(d.desk.clock.now()) == 0);
        CHECK(missing(d).empty());
    });
}

TEST_CASE("what the database sums of waiting orders is what each order says it needs") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        std::vector<std::string> ids;
        ids.push_back(d.order("m1", "USD", "100.00"));
        ids.push_back(d.order("m1", "CNY", "30.00"));
        ids.push_back(d.order("m2", "CNY", "70.00"));
        ids.push_back(d.order("m2", "USD", "5.00"));
        // Every amount that a sum may subtract differs from every other, and each order still waits.
        d.desk.database.write([&](db::Tx& tx) {
            tx.execute(
                {"UPDATE orders SET funded_minor = paid_minor, fee_minor = 101, refunded_minor = 203, "
                 "converting_minor = 307, converted_minor = CASE WHEN id = :p1 THEN 409 ELSE 0 END, rest_minor = 503, "
                 "bought_minor = CASE WHEN id = :p1 THEN 0 ELSE 5000 END, "
                 "remitting_minor = CASE WHEN id = :p1 THEN 0 ELSE 601 END, "
                 "remitted_minor = CASE WHEN id = :p1 THEN 0 ELSE 709 END, payout = CASE WHEN id = :p1 THEN 'fx' ELSE "
                 "payout END"},
                {ids.at(3)});
        });
        REQUIRE(d.desk
                    .run({},
                         [&](db::Group& group) {
                             std::vector<orders::Order> all = orders::OrderStore::load(group.tx, ids);
                             std::vector<flow::OrderChange> changes;
                             for (orders::Order& order : all) changes.push_back({&order, ""});
                             flow::save_orders(group, changes);
                         })
                    .ok());
        std::map<std::string, Money> said;
        const auto key = [](const std::string& merchant, orders::Waiting what, const Money& amount) {
            return merchant + "|" + std::to_string(static_cast<int>(what)) + "|" +
                   std::string(amount.currency().code());
        };
        for (const std::string& id : ids) {
            const orders::Order order = d.get(id);
            const orders::Waiting what = orders::waiting_of(order);
            REQUIRE(what != orders::Waiting::Nothing);
            const Money amount =
                what == orders::Waiting::Convert ? order.amounts.convertible() : order.amounts.remittable(order.payout);
            const auto sum = said.emplace(key(order.merchant_id, what, amount), amount);
            if (!sum.second) sum.first->second += amount;
        }
        CHECK(said.size() == 4);
        std::map<std::string, Money> summed;
        d.desk.database.read([&](db::Reader& reader) {
            for (const auto& need : orders::WaitingStore::needs(reader))
                summed.emplace(key(need.merchant_id, need.what, need.amount), need.amount);
            const auto above =
                orders::WaitingStore::above(reader, currency("USD"), d.get(ids.at(3)).amounts.convertible(), 10);
            CHECK(above.empty());
            const auto just_above = orders::WaitingStore::above(
                reader, currency("USD"), d.get(ids.at(3)).amounts.convertible() - money("CNY", "0.01"), 10);
            REQUIRE(just_above.size() == 1);
            CHECK(just_above.front().id == ids.at(3));
            CHECK(just_above.front().cny == d.get(ids.at(3)).amounts.convertible());
        });
        CHECK(summed == said);
    });
}
