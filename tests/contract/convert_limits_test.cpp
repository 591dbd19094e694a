// Orders that no bank's deal fits: nobody buys for them, and a person is told.

#include "src/flow/check_quotes.h"
#include "src/flow/watch_waiting.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;

namespace {

/// A bank that deals at most so much at once, or charges so much; empty: no such term.
flow::ConvertSettings terms(ConvertDesk& d, std::string_view largest, std::string_view charge = "") {
    flow::ConvertSettings settings = d.settings();
    fx::BankTerms& of_bank = settings.banks.at("sandbox-bank").terms;
    if (!largest.empty()) of_bank.largest_deal = money("CNY", largest);
    if (!charge.empty()) of_bank.least_fee = money("CNY", charge);
    return settings;
}

/// The same house, started with other terms of its bank.
struct House {
    House(ConvertDesk& of, const flow::ConvertSettings& settings)
        : d(of),
          convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings),
          watch(d.desk.database, *d.desk.queue, d.desk.books, settings.banks, settings.orders_a_purchase) {}
    void run_for(std::chrono::minutes time) {
        for (std::chrono::minutes spent{0}; spent < time; ++spent) {
            d.desk.clock.advance(std::chrono::minutes(1));
            for (int round = 0; round < 20; ++round) {
                d.bank.due(d.desk.clock.now());
                told += watch.step(d.desk.clock.now());
                convert.step(d.desk.clock.now());
                d.run_calls();
            }
        }
    }
    std::vector<operators::WorkItem> work() {
        std::vector<operators::WorkItem> waiting;
        d.desk.database.read([&](db::Reader& reader) { waiting = operators::WorkItems().waiting(reader, "", 100); });
        return waiting;
    }
    ConvertDesk& d;
    flow::Convert convert;
    flow::WatchWaiting watch;
    int told = 0;
};

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an order above every bank's largest deal is told to a person once, and that ends when the order goes on") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string large = d.order("m1", "USD", "300.00");
        const std::string small = d.order("m1", "USD", "80.00");
        {
            House house(d, terms(d, "200.00"));
            house.run_for(std::chrono::minutes(30));
            CHECK(d.get(large).state == orders::OrderState::Funded);
            CHECK(d.get(small).amounts.converted == money("CNY", "80.00"));
            REQUIRE(house.work().size() == 1);
            const operators::WorkItem told = house.work().front();
            CHECK(house.told == 1);
            CHECK(told.kind == flow::kOrderAboveDeals);
            CHECK(told.subject_id == large);
            for (const std::string& text : {told.text_en, told.text_zh}) {
                CAPTURE(text);
                CHECK(holds(text, large));
                CHECK(holds(text, "CNY 300.00"));
                CHECK(holds(text, "sandbox-bank CNY 200.00"));
                CHECK(holds(text, "largest_deal"));
            }
        }
        House wider(d, terms(d, "300.00"));
        wider.run_for(std::chrono::minutes(5));
        CHECK(d.get(large).amounts.converted == money("CNY", "300.00"));
        CHECK(wider.work().empty());
        d.check_books();
    });
}

TEST_CASE("no board is asked for an order that no bank would deal") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        d.order("m1", "USD", "300.00");
        House house(d, terms(d, "200.00"));
        house.run_for(std::chrono::minutes(5));
        CHECK(d.client.sent.empty());
    });
}

TEST_CASE("a full page of orders above the largest deal does not hide those behind it from being bought for") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        for (int i = 0; i < 3; ++i) d.order("m1", "USD", "300.00");
        const std::string behind = d.order("m1", "USD", "80.00");
        flow::ConvertSettings settings = terms(d, "200.00");
        settings.orders_a_purchase = 2;
        House house(d, settings);
        house.run_for(std::chrono::minutes(2));
        CHECK(d.get(behind).amounts.converted == money("CNY", "80.00"));
        CHECK(house.work().size() == 3);
    });
}

TEST_CASE("orders that buy nothing once the bank has its charge are told after an hour, until others come along") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string first = d.order("m1", "USD", "10.00");
        House house(d, terms(d, "", "20.00"));
        house.run_for(std::chrono::minutes(58));
        CHECK(house.work().empty());
        house.run_for(std::chrono::minutes(5));
        REQUIRE(house.work().size() == 1);
        CHECK(house.work().front().kind == flow::kOrdersBelowDeals);
        CHECK(house.work().front().subject_id == "USD");
        CHECK(holds(house.work().front().text_en, "CNY 10.00 together"));
        CHECK(holds(house.work().front().text_zh, "合计 CNY 10.00"));
        // More of them, and still too little: the same matter, with today's amount.
        d.order("m1", "USD", "5.00");
        house.run_for(std::chrono::minutes(2));
        REQUIRE(house.work().size() == 1);
        CHECK(holds(house.work().front().text_en, "CNY 15.00 together"));
        CHECK(holds(house.work().front().text_zh, "合计 CNY 15.00"));
        d.order("m2", "USD", "90.00");
        house.run_for(std::chrono::minutes(2));
        CHECK(house.work().empty());
        CHECK(d.get(first).amounts.converted == money("CNY", "10.00"));
    });
}

TEST_CASE("orders that a bank's charge takes whole are told, though a bank that would deal in so little has no CNY") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        d.order("m1", "USD", "10.00");
        flow::ConvertSettings settings = terms(d, "", "20.00");
        settings.banks["other-bank"] = {.cny = "ob-cny", .foreign = {{"USD", "ob-usd"}}};
        House house(d, settings);
        house.run_for(std::chrono::minutes(63));
        REQUIRE(house.work().size() == 1);
        CHECK(house.work().front().kind == flow::kOrdersBelowDeals);
        CHECK(holds(house.work().front().text_en, "sandbox-bank CNY 20.00"));
        CHECK(holds(house.work().front().text_en, "too little of our CNY is free: other-bank"));
        CHECK(holds(house.work().front().text_zh, "没有可用的人民币：other-bank"));
        // Once it has some, it is its turn.
        const Money cny = money("CNY", "10.00");
        d.desk.post({flow::postings::collected(d.desk.event("pay_other"), "ch", "m2", cny),
                     flow::postings::channel_settled(d.desk.event("pay_other"), "ob-cny", "ch", cny, cny - cny)});
        house.run_for(std::chrono::minutes(2));
        CHECK(house.work().empty());
    });
}

TEST_CASE("an amount too small for one unit of the currency is told, though the bank charges nothing") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        d.order("m1", "USD", "0.05");
        House house(d, terms(d, ""));
        house.run_for(std::chrono::minutes(63));
        REQUIRE(house.work().size() == 1);
        CHECK(house.work().front().kind == flow::kOrdersBelowDeals);
    });
}

TEST_CASE("orders in a currency in which no bank deals are told to a person") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        d.order("m1", "EUR", "70.00");
        House house(d, terms(d, ""));
        house.run_for(std::chrono::minutes(3));
        REQUIRE(house.work().size() == 1);
        CHECK(house.told == 1);
        CHECK(house.work().front().kind == flow::kCurrencyWithoutBank);
        CHECK(house.work().front().subject_id == "EUR");
    });
}

TEST_CASE("orders that one purchase takes together and buys for are not told to buy nothing, however small each is") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        for (int i = 0; i < 115; ++i) d.order("m1", "USD", "0.40");  // CNY 46.00 together
        flow::ConvertSettings settings = terms(d, "", "42.00");      // and more than the oldest 100 have
        House house(d, settings);
        d.desk.clock.advance(std::chrono::minutes(61));
        CHECK(house.watch.step(d.desk.clock.now()) == 0);
        CHECK(house.work().empty());

        // Where a purchase takes fewer of them at a time, it buys nothing, however many wait behind.
        settings.orders_a_purchase = 105;
        House small(d, settings);
        d.desk.clock.advance(std::chrono::minutes(1));
        small.watch.step(d.desk.clock.now());
        REQUIRE(small.work().size() == 1);
        CHECK(small.work().front().kind == flow::kOrdersBelowDeals);
        CHECK(holds(small.work().front().text_en, "The oldest 105 orders that wait for USD"));
        CHECK(holds(small.work().front().text_en, "CNY 42.00 together"));
        CHECK(holds(small.work().front().text_zh, "最早的 105 笔"));
        CHECK(holds(small.work().front().text_zh, "合计 CNY 42.00"));
    });
}

TEST_CASE("a price that was agreed on and is over when its purchase is opened is not bought past silently") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string stands = d.order("m1", "USD", "80.00");
        const std::string over = d.order("m2", "USD", "90.00");
        d.agree_on_price(stands, std::chrono::minutes(10));
        d.agree_on_price(over, std::chrono::seconds(1));
        d.desk.clock.advance(std::chrono::seconds(1));
        d.run();
        CHECK(d.get(stands).amounts.converted == money("CNY", "80.00"));
        CHECK(d.get(over).amounts.convertible() == money("CNY", "90.00"));
        CHECK(orders::waiting_of(d.get(over)) == orders::Waiting::Quote);

        flow::CheckQuotes check(d.desk.database, *d.desk.queue, {});
        CHECK(check.step(d.desk.clock.now()) == 1);
        CHECK(d.get(over).hold_reason == orders::kHeldQuote);
        CHECK(d.work_items().size() == 1);
        d.check_books();
    });
}

TEST_CASE("a price that was agreed on and that the bank's offer does not meet is not bought past silently") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string met = d.order("m1", "USD", "80.00");
        const std::string better = d.order("m2", "USD", "90.00");
        const std::string at_market = d.order("m3", "USD", "70.00");
        d.agree_on_price(met, std::chrono::minutes(10));
        d.agree_on_price(better, std::chrono::minutes(10), "hold", "6.0000");
        d.agree_on_price(at_market, std::chrono::minutes(10), "at_market", "6.0000");
        d.run();
        CHECK(d.get(met).amounts.converted == money("CNY", "80.00"));
        for (const std::string& id : {better, at_market}) {
            CHECK(d.get(id).amounts.converting.is_zero());
            CHECK(orders::waiting_of(d.get(id)) == orders::Waiting::Quote);
        }

        // Each is dealt with by its merchant's rule, once, though neither quote's time is over.
        flow::CheckQuotes check(d.desk.database, *d.desk.queue, {});
        CHECK(check.step(d.desk.clock.now()) == 2);
        CHECK(d.get(better).hold_reason == orders::kHeldQuote);
        CHECK(d.work_items().size() == 1);
        d.advance(std::chrono::seconds(20));
        CHECK(d.get(at_market).amounts.converted == money("CNY", "70.00"));
        CHECK(d.get(better).amounts.convertible() == money("CNY", "90.00"));
        d.check_books();
    });
}

TEST_CASE("a lock that is worse than an agreed price by less than the tolerance is not used past that price silently") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string before = d.order("m1", "USD", "70.00");
        d.run();
        const std::string price = d.purchase_of(before).deal->rate.per_one();
        d.advance(std::chrono::seconds(20));
        const std::string agreed = d.order("m1", "USD", "80.00");
        const std::string free = d.order("m2", "USD", "90.00");
        d.agree_on_price(agreed, std::chrono::minutes(10), "hold", price);
        REQUIRE(d.post("/admin/faults", R"({"fault":"fx_lock_rate","count":1,"with":{"basis_points":"5"}})").status ==
                200);
        d.run();
        CHECK(d.get(agreed).amounts.converted.is_zero());
        CHECK(orders::waiting_of(d.get(agreed)) == orders::Waiting::Quote);
        d.advance(std::chrono::seconds(20));
        CHECK(d.get(free).amounts.converted == money("CNY", "90.00"));
        flow::CheckQuotes check(d.desk.database, *d.desk.queue, {});
        CHECK(check.step(d.desk.clock.now()) == 1);
        CHECK(d.get(agreed).hold_reason == orders::kHeldQuote);
        d.check_books();
    });
}

TEST_CASE(
    "a lock that is worse by less than the tolerance is used where no better price was agreed, or for a new one") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string before = d.order("m1", "USD", "70.00");
        d.run();
        const std::string price = d.purchase_of(before).deal->rate.per_one();
        d.advance(std::chrono::seconds(20));
        const std::string dearer = d.order("m1", "USD", "80.00");
        const std::string anew = d.order("m2", "USD", "90.00");
        d.agree_on_price(dearer, std::chrono::minutes(10), "hold", "7.2000");
        d.agree_on_price(anew, std::chrono::minutes(10), "re_quote", price);  // the board's again, which it would miss
        REQUIRE(d.post("/admin/faults", R"({"fault":"fx_lock_rate","count":1,"with":{"basis_points":"5"}})").status ==
                200);
        d.run();
        CHECK(d.purchase_of(anew).deal->rate.per_one() != price);
        CHECK(d.get(dearer).amounts.converted == money("CNY", "80.00"));
        CHECK(d.get(anew).amounts.converted == money("CNY", "90.00"));
        d.check_books();
    });
}

TEST_CASE("an order that converts at the price of the moment once its agreed price is over is looked at once") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "90.00");
        d.agree_on_price(id, std::chrono::seconds(1), "at_market");
        d.desk.clock.advance(std::chrono::seconds(1));
        d.run();
        CHECK(orders::waiting_of(d.get(id)) == orders::Waiting::Quote);
        flow::CheckQuotes check(d.desk.database, *d.desk.queue, {});
        CHECK(check.step(d.desk.clock.now()) == 1);
        d.advance(std::chrono::seconds(2));
        CHECK(d.get(id).amounts.converted == money("CNY", "90.00"));
    });
}

TEST_CASE("boards are asked for an order that waits for a new price, and for none that waits for nothing") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "90.00");
        d.agree_on_price(id, std::chrono::seconds(1));
        d.desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE orders SET quote_open = 1, waiting = 'quote:USD'"}); });
        d.run();
        CHECK(d.client.count("GET /v1/fx/rates") == 1);
        d.run();
        CHECK(d.client.count("GET /v1/fx/rates") == 1);  // what it answered can be used
        CHECK(d.get(id).amounts.converting.is_zero());
    });
}
