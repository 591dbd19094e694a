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

TEST_CASE("a part that waits for the rest of its order's money is told of too where its merchant's money is missing") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        flow::WatchWaiting watch(d.desk.database, *d.desk.queue, d.desk.books, {});
        d.fund("m1", "USD", "200.00");
        const std::string debit = d.stray_debit("80.00");
        d.two.settle("explain_debit", debit_as(debit, "merchant", "m1"));
        const std::string first = d.order("m1", "USD", "100.00");
        const std::string second = d.order("m1", "USD", "100.00");
        const auto more_comes = [&](db::Group& group) {
            orders::Order order = *orders::OrderStore::find(group.tx, second);
            order.amounts.paid += money("CNY", "1.00");
            const flow::OrderChange changed{&order, ""};
            flow::save_orders(group, std::span(&changed, 1));
        };
        REQUIRE(d.desk.run({}, more_comes).ok());
        REQUIRE(orders::waiting_of(d.get(second)) == orders::Waiting::Part);
        for (int minute = 0; minute < 10; ++minute) {
            d.advance(std::chrono::minutes(1));
            watch.step(d.desk.clock.now());
        }
        CHECK(d.get(first).state == orders::OrderState::Completed);
        REQUIRE(missing(d).size() == 1);
        CHECK(holds(missing(d).front().text_en, "USD 80.00"));
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

namespace {

/// So many orders like that one, of as many merchants.
void multiply(Desk& d, const std::string& like, int count, int merchants) {
    const orders::Order one = d.get(like);
    for (int made = 0; made < count;) {
        std::vector<orders::Order> more;
        for (; made < count && more.size() < 500; ++made) {
            more.push_back(one);
            more.back().id = d.desk.ids.next("ord");
            if (merchants > 1) more.back().merchant_id = "x" + std::to_string(made % merchants);
        }
        REQUIRE(d.desk.run({}, [&](db::Group& group) { orders::OrderStore::insert(group.tx, more); }).ok());
    }
}

/// By the server, since it began; what this question itself reads is counted too, and is always the same.
std::int64_t rows_read(Desk& d) {
    std::int64_t rows = 0;
    d.desk.database.read([&](db::Reader& reader) {
        rows = reader
                   .select({"SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.GLOBAL_STATUS WHERE "
                            "VARIABLE_NAME LIKE 'HANDLER_READ%'",
                            "i"})
                   .integer(0, 0);
    });
    return rows;
}

}  // namespace

TEST_CASE(
    "a look at what waits reads no more rows of many waiting orders than of few, and one process looks a minute") {
    TestDatabase on = TestDatabase::fresh(db::Engine::MariaDb);
    Desk d(on);
    const std::string one = d.order("m1", "USD", "1.00");
    std::vector<std::unique_ptr<flow::WatchWaiting>> processes;
    for (int i = 0; i < 2; ++i)
        processes.push_back(std::make_unique<flow::WatchWaiting>(d.desk.database, *d.desk.queue, d.desk.books,
                                                                 flow::WatchWaiting::Banks{}));
    const auto look = [&](std::size_t process) {
        const std::int64_t first = rows_read(d);
        const std::int64_t before = rows_read(d);
        processes.at(process)->step(d.desk.clock.now());
        return (rows_read(d) - before) - (before - first);
    };
    const auto next_minute = [&] { d.desk.clock.advance(std::chrono::minutes(1)); };
    multiply(d, one, 1500, 3);
    look(0);  // tells of the merchants
    next_minute();
    const std::int64_t of_few = look(0);
    CHECK(look(1) < 20);  // it is the other one's minute
    multiply(d, one, 6000, 3);
    next_minute();
    const std::int64_t of_many = look(1);
    CHECK(look(0) < 20);
    CAPTURE(of_few);
    CAPTURE(of_many);
    CHECK(of_few > 0);
    CHECK(of_many < of_few + 50);
}

TEST_CASE("merchants and orders behind those of one look are found by the next ones, each once") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        fx::BankTerms terms;
        terms.largest_deal = money("CNY", "500.00");
        flow::WatchWaiting::Banks banks;
        banks["bank"] = {.cny = "sb-cny", .foreign = {{"USD", "sb-usd"}}, .terms = terms};
        flow::WatchWaiting watch(d.desk.database, *d.desk.queue, d.desk.books, banks);
        const std::string one = d.order("m1", "USD", "1.00");
        orders::Order to_convert = d.get(one);
        to_convert.amounts.converted = money("CNY", "0.00");
        to_convert.amounts.bought = money("USD", "0.00");
        to_convert.state = orders::OrderState::Funded;
        std::vector<orders::Order> small(1200, to_convert);
        for (orders::Order& order : small) {
            order.id = d.desk.ids.next("ord");
            order.amounts.paid = order.amounts.funded = order.amounts.due = money("CNY", "1.00");
        }
        to_convert.id = d.desk.ids.next("ord");  // it has the CNY 700.00 of all, and stands behind 1200 of 1.00
        small.push_back(to_convert);
        for (int i = 0; i < 120; ++i) {
            small.push_back(d.get(one));
            small.back().id = d.desk.ids.next("ord");
            small.back().merchant_id = "x" + std::to_string(i);
        }
        REQUIRE(d.desk.run({}, [&](db::Group& group) { orders::OrderStore::insert(group.tx, small); }).ok());
        int told = 0;
        for (int minute = 0; minute < 6; ++minute) {
            told += watch.step(d.desk.clock.now());
            d.desk.clock.advance(std::chrono::minutes(1));
        }
        std::map<std::string, int> found;
        d.desk.database.read([&](db::Reader& reader) {
            for (const std::string_view kind : {flow::kMerchantFunds, flow::kOrderAboveDeals})
                found[std::string(kind)] = static_cast<int>(operators::WorkItems().open_of(reader, kind).size());
            CHECK(operators::WorkItems().find_open(reader, flow::kOrderAboveDeals, to_convert.id).has_value());
        });
        CHECK(found[std::string(flow::kMerchantFunds)] == 122);  // of x0 to x119 and of m1 the USD, of m1 the CNY
        CHECK(found[std::string(flow::kOrderAboveDeals)] == 1);
        CHECK(told == 123);
    });
}

namespace {

/// Matters that were told of so many accounts; no order of theirs waits any more.
void tell(Desk& d, int count) {
    REQUIRE(d.desk
                .run({},
                     [&](db::Group& group) {
                         std::vector<operators::NewWorkItem> told;
                         for (int i = 0; i < count; ++i)
                             told.push_back({std::string(flow::kMerchantFunds), "account",
                                             "merchant:y" + std::to_string(i) + ":USD", "missing", "不足"});
                         operators::WorkItems().open(group, told);
                     })
                .ok());
}

int told_of_merchants(Desk& d) {
    std::size_t told = 0;
    d.desk.database.read(
        [&](db::Reader& reader) { told = operators::WorkItems().open_of(reader, flow::kMerchantFunds).size(); });
    return static_cast<int>(told);
}

}  // namespace

TEST_CASE("a look reads no more rows of many told merchants than of few, and closes only what it looked at") {
    TestDatabase on = TestDatabase::fresh(db::Engine::MariaDb);
    Desk d(on);
    flow::WatchWaiting watch(d.desk.database, *d.desk.queue, d.desk.books, {});
    const auto look = [&] {
        d.desk.clock.advance(std::chrono::minutes(1));
        const std::int64_t first = rows_read(d);
        const std::int64_t before = rows_read(d);
        watch.step(d.desk.clock.now());
        return (rows_read(d) - before) - (before - first);
    };
    tell(d, 120);
    look();
    CHECK(told_of_merchants(d) == 70);
    const std::int64_t of_few = look();
    CHECK(told_of_merchants(d) == 20);
    look();
    CHECK(told_of_merchants(d) == 0);
    tell(d, 3000);
    look();
    CHECK(told_of_merchants(d) == 2950);
    const std::int64_t of_many = look();
    CHECK(told_of_merchants(d) == 2900);
    CAPTURE(of_few);
    CAPTURE(of_many);
    CHECK(of_few > 0);
    CHECK(of_many < of_few + 50);
}

TEST_CASE("of very many merchants without money so many are told at a time, each of them looked at again in its turn") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        flow::WatchWaiting watch(d.desk.database, *d.desk.queue, d.desk.books, {});
        const auto live = [&](int minutes) {
            for (int i = 0; i < minutes; ++i) {
                d.desk.clock.advance(std::chrono::minutes(1));
                watch.step(d.desk.clock.now());
            }
        };
        multiply(d, d.order("m1", "USD", "1.00"), 600, 600);
        live(30);
        CHECK(told_of_merchants(d) == flow::WatchWaiting::kAtMost);
        // Of the first of them nothing waits any more: others are told instead.
        d.desk.database.write([](db::Tx& tx) {
            tx.execute({"UPDATE orders SET waiting = NULL WHERE merchant_id IN ('m1', 'x0', 'x1', 'x10')"});
        });
        live(30);
        CHECK(told_of_merchants(d) == flow::WatchWaiting::kAtMost);
        d.desk.database.read([](db::Reader& reader) {
            for (const char* merchant : {"m1", "x0", "x1", "x10"}) {
                const std::string account = ledger::merchant(merchant, Currency::known("USD")).id();
                CHECK(!operators::WorkItems().find_open(reader, flow::kMerchantFunds, account));
            }
        });
    });
}
