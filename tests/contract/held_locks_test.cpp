// Locks that the desk takes before there is a purchase for them: covered by what orders collected, drawn on in parts,
// metered, over in time, and never two of them for one batch.

#include "tests/contract/held_lock_desk.h"

using namespace convert_desk;

TEST_CASE("a lock that the desk took is drawn on by the next orders first, and the last of them is cut to fit") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "700.00");
        const std::string second = d.order("m2", "USD", "300.00");
        const std::string lock = d.taken(money("CNY", "800.00"));
        CHECK(d.covered(lock) == money("CNY", "800.00"));
        CHECK(d.held(payer()) == money("CNY", "800.00"));
        d.run_calls();
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        d.run();
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        CHECK(d.covered(lock).is_zero());
        CHECK(d.purchase_of(first).lock_id == lock);
        CHECK(d.used_at_bank(lock) == money("CNY", "800.00"));
        REQUIRE(d.lines_of(second).size() == 1);
        CHECK(d.lines_of(second)[0].put_in == money("CNY", "100.00"));
        CHECK(d.locks_sent() == 1);
        CHECK(d.get(second).amounts.converted == money("CNY", "100.00"));
        CHECK(d.get(second).amounts.convertible() == money("CNY", "200.00"));
        // Used up, it is drawn on no more.
        const std::string third = d.order("m3", "USD", "50.00");
        d.advance(30s);
        CHECK(d.purchase_of(third).lock_id != lock);
        CHECK(d.locks_sent() == 2);
        CHECK(d.purchase_of(second).lock_id != lock);  // the rest of an order that was cut is bought before it is paid
        CHECK(d.get(second).amounts.converted == money("CNY", "300.00"));
        CHECK(d.held(payer()) == money("CNY", "1050.00"));
        d.check_books();
        for (const flow::TakenLine& line : d.offer(d.statement({"sb-cny", "sb-usd"}))) CHECK(line.taken);
        CHECK(d.held(payer()).is_zero());
        CHECK(d.booked(payer()) == d.at_bank("sb-cny"));
        d.check_books();
    });
}

TEST_CASE("a lock over foreign currency is drawn to its last unit, and costs no more than was held for it") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "1000.00");
        const std::string lock = d.taken(money("USD", "100.00"));
        const Money cover = d.covered(lock);
        d.run();
        REQUIRE(d.row(lock).lock.state == fx::LockState::Used);
        std::optional<fx::Purchase> drawn;
        d.desk.database.read([&](db::Reader& reader) {
            drawn = fx::PurchaseStore::find(reader, fx::PurchaseStore::by_lock(reader, lock).at(0));
        });
        REQUIRE(drawn->deal.has_value());
        CHECK(drawn->deal->foreign == money("USD", "100.00"));
        CHECK(drawn->deal->cny <= cover);
        CHECK(d.get(order).amounts.bought >= money("USD", "100.00"));
        CHECK_FALSE(d.has_work("deal_differs"));
        d.check_books();
    });
}

TEST_CASE(
    "FX-10 a lock is refused with the figure where orders have not collected what it costs, or another is for it") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        CHECK(d.refused(money("CNY", "100.00")) == "lock_no_price");
        d.show_rates();
        d.order("m1", "USD", "500.00");
        d.order("m1", "JPY", "900.00");  // what is collected for one currency covers no lock in another
        const auto over = d.take(money("CNY", "500.01"));
        REQUIRE(over->error.has_value());
        CHECK(over->error->english().find("only CNY 500.00 funded") != std::string::npos);
        CHECK(over->error->chinese().find("500.00") != std::string::npos);
        CHECK(d.refused(money("CNY", "0.01")) == "lock_amount");
        CHECK(d.refused(money("JPY", "10000")) == "lock_amount");
        CHECK(d.refused(money("CNY", "300.00"), "opr_checker") == "may_not_make");
        CHECK(d.refused(money("CNY", "300.00"), "opr_dealer", "no-bank") == "lock_no_such_bank");
        CHECK(d.held(payer()).is_zero());
        (void)d.taken(money("CNY", "300.00"));
        d.run_calls();
        CHECK(d.refused(money("CNY", "100.00")) == "lock_no_price");  // its price was used
        d.show_again();
        const auto second = d.take(money("CNY", "300.01"));
        REQUIRE(second->error.has_value());
        CHECK(second->error->english().find("only CNY 200.00 funded") != std::string::npos);
        CHECK(d.locks_sent() == 1);
        d.check_books();
    });
}

TEST_CASE("a lock that is the same as one that still stands is refused by its name, unless it is said to be another") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "900.00");
        const auto again = [&](const std::vector<std::string>& another_than) {
            d.show_again();
            return d.take(money("CNY", "300.00"), "opr_dealer", "sandbox-bank", another_than);
        };
        d.fault("timeout_after_effect", 1, "/v1/fx/locks");
        const std::string first = d.taken(money("CNY", "300.00"));
        const auto asked_for = again({});
        REQUIRE(asked_for->error.has_value());
        CHECK(asked_for->error->code == &flow::held_lock_error::kTwice);
        CHECK(asked_for->error->english().find(first + " of opr_dealer is the same") == 0);
        CHECK(asked_for->error->chinese().find(first) != std::string::npos);
        d.run_calls();
        REQUIRE(d.row(first).lock.state == fx::LockState::Unknown);
        CHECK(again({})->error->code == &flow::held_lock_error::kTwice);
        CHECK(again({"fxl_other"})->error->code == &flow::held_lock_error::kTwice);
        CHECK(d.held(payer()) == money("CNY", "300.00"));

        const auto second = again({first});
        REQUIRE(second->taken.has_value());
        // Now there are two that a third one is not.
        CHECK(again({first})->error->english().find(second->taken->lock.id) == 0);
        CHECK(again({first, second->taken->lock.id})->taken.has_value());
        d.show_again();
        // Another amount is another lock, and so is one of the other side.
        CHECK(d.refused(money("CNY", "299.99")) == "lock_not_collected");
        CHECK(d.refused(money("USD", "30.00")) == "lock_not_collected");
        CHECK(d.held(payer()) == money("CNY", "900.00"));
    });
}

TEST_CASE("a lock may be taken like one that is over") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        const std::string first = d.taken(money("CNY", "300.00"));
        d.keep_back(order);
        d.run_calls();
        d.advance(150s);
        REQUIRE(d.row(first).lock.state == fx::LockState::Expired);
        d.show_rates();
        d.let_go(order);
        CHECK(d.taken(money("CNY", "300.00")) != first);
    });
}

TEST_CASE("a bank without locks to be held is refused before anything is sent") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on, Way::DirectLink);
        d.show_rates();
        d.order("m1", "USD", "500.00");
        const std::size_t sent = d.client.sent.size();
        CHECK(d.refused(money("CNY", "100.00")) == "bank_holds_no_locks");
        CHECK(d.held(payer()).is_zero());
        d.run_calls();
        CHECK(d.client.sent.size() == sent);
    });
}

TEST_CASE("FX-02 a held lock that was given but not answered is found by query; until then nothing else is locked") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.fault("timeout_after_effect", 1, "/v1/fx/locks");
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run();
        CHECK(d.row(lock).lock.state == fx::LockState::Unknown);
        CHECK(d.lines_of(order).empty());
        d.advance(3s);
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        CHECK(d.purchase_of(order).lock_id == lock);
        CHECK(d.locks_sent() == 1);
        CHECK(d.client.count("GET /v1/fx/locks") == 1);
        d.check_books();
    });
}

TEST_CASE("FX-02 the orders that a lock of unknown outcome is for wait for it at every bank, and others are bought") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        flow::Convert both(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates,
                           d.two_banks(flow::UseHeldLocks::Best));
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        const std::string other = d.order("m2", "USD", "400.00");
        d.deposit("more", "500.00");
        d.desk.collect("m1", "500.00");  // so that the other bank's deal has CNY beside what is held for the lock
        d.fault("timeout_before_effect", 1, "/v1/fx/locks");
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run_calls();
        const auto live = [&](std::chrono::seconds by) {
            for (std::chrono::seconds lived{0}; lived < by; lived += 5s) {
                d.desk.clock.advance(5s);
                d.show_cheaper();
                both.step(d.desk.clock.now());
                d.run_calls();
            }
        };
        live(100s);
        REQUIRE(d.row(lock).lock.state == fx::LockState::Unknown);
        CHECK(d.covered(lock) == money("CNY", "500.00"));
        CHECK(d.lines_of(order).empty());
        CHECK(d.purchase_of(other).bank == "cheap-bank");
        live(250s);
        CHECK(d.row(lock).lock.state == fx::LockState::Lapsed);
        CHECK(d.purchase_of(order).bank == "cheap-bank");
        d.check_books();
    });
}

TEST_CASE("FX-02 a held lock whose outcome is never known lapses after its longest life, and its money is free") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.fault("timeout_before_effect", 1, "/v1/fx/locks");
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run();
        d.advance(200s);
        CHECK(d.locks_sent() == 1);
        CHECK(d.lines_of(order).empty());
        CHECK(d.covered(lock) == money("CNY", "500.00"));
        d.advance(200s);
        CHECK(d.row(lock).lock.state == fx::LockState::Lapsed);
        CHECK(d.covered(lock).is_zero());
        CHECK(d.locks_sent() == 2);
        CHECK(d.get(order).state == orders::OrderState::Converted);
        CHECK(d.purchase_of(order).lock_id != lock);
        d.check_books();
    });
}

TEST_CASE("FX-04 a lock that ends half used: told before, told after with what was left, and its money is free") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "600.00");
        const std::string kept_back = d.order("m2", "USD", "400.00");
        const std::string lock = d.taken(money("CNY", "1000.00"));
        d.keep_back(kept_back);
        d.run();
        CHECK(d.get(first).state == orders::OrderState::Converted);
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        CHECK(d.left(lock) == money("CNY", "400.00"));
        CHECK(d.used_at_bank(lock) == money("CNY", "600.00"));
        CHECK(d.covered(lock) == money("CNY", "400.00"));
        CHECK_FALSE(d.has_work(flow::kLockExpiring));
        d.advance(101s);  // of 120, with 5 of skew and 15 of notice
        CHECK(d.has_work(flow::kLockExpiring));
        CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
        d.advance(15s);
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.covered(lock).is_zero());
        CHECK_FALSE(d.has_work(flow::kLockExpiring));
        CHECK(d.has_work(flow::kHeldLockUnused));
        CHECK(d.held(payer()) == money("CNY", "600.00"));
        d.check_books();
    });
}

TEST_CASE("what a bank fills of a draw is used, and the rest of the lock is drawn on again") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "500.00");
        const std::string second = d.order("m2", "USD", "500.00");
        d.fault("fx_partial");
        const std::string lock = d.taken(money("CNY", "1000.00"));
        d.run();
        CHECK(d.get(first).state == orders::OrderState::Converted);
        CHECK(d.get(second).state == orders::OrderState::Converted);
        REQUIRE(d.lines_of(second).size() == 2);
        CHECK(d.lines_of(second)[0].back == money("CNY", "500.00"));
        CHECK(d.purchase_of(second).lock_id == lock);
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        CHECK(d.used_at_bank(lock) == money("CNY", "1000.00"));
        CHECK(d.locks_sent() == 1);
        CHECK(d.deals_sent() == 2);
        CHECK(d.held(payer()) == money("CNY", "1000.00"));
        d.check_books();
    });
}

TEST_CASE("FX-05 what a purchase of unknown outcome ordered stays frozen on its lock, also when the lock is over") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "600.00");
        const std::string second = d.order("m2", "USD", "400.00");
        d.keep_back(second);
        d.fault("timeout_before_effect", 1, "/v1/fx/purchases");
        const std::string lock = d.taken(money("CNY", "600.00"));
        d.run();
        CHECK(d.purchase_of(first).state == fx::PurchaseState::Unknown);
        CHECK(d.left(lock).is_zero());
        d.advance(150s);
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.purchase_of(first).state == fx::PurchaseState::Unknown);
        CHECK(d.held(payer()) == money("CNY", "600.00"));
        CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
        CHECK(d.deals_sent() == 1);
        d.check_books();
    });
}

TEST_CASE("FX-04 a draw that could not leave while its lock stood is withdrawn, and its orders are free") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.client.down_after = "POST /v1/fx/locks";
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run();
        CHECK(d.purchase_of(order).state == fx::PurchaseState::Ordered);
        CHECK(d.left(lock).is_zero());
        for (int i = 0; i < 14; ++i) d.advance(10s);
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.left(lock) == money("CNY", "500.00"));
        CHECK(d.covered(lock).is_zero());
        CHECK(d.has_work(flow::kHeldLockUnused));
        CHECK(d.get(order).state == orders::OrderState::Funded);
        d.client.down_after.clear();
        d.client.is_down = false;
        const std::size_t refused_connections = d.deals_sent();
        for (int i = 0; i < 12; ++i) d.advance(60s);
        CHECK(d.get(order).state == orders::OrderState::Converted);
        CHECK(d.deals_sent() == refused_connections + 1);
        CHECK(d.deals_at_bank() == 1);
        d.check_books();
    });
}

TEST_CASE("by fx.held_locks = first a held lock is drawn on although another price is better, and a person is told") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        flow::Convert convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates,
                              d.two_banks(flow::UseHeldLocks::First));
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run_calls();
        d.show_cheaper();
        CHECK(convert.step(d.desk.clock.now()) >= 1);
        CHECK(d.purchase_of(order).lock_id == lock);
        CHECK(d.has_work(flow::kHeldLockWorse));
        d.run_calls();
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        CHECK_FALSE(d.has_work(flow::kHeldLockWorse));
        d.check_books();
    });
}

TEST_CASE("what is left of a held lock may be less than its bank's fee: another bank's price is better, none throws") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        flow::ConvertSettings dear = d.two_banks(flow::UseHeldLocks::Best);
        dear.banks.at("sandbox-bank").terms.least_fee = money("CNY", "20.00");
        flow::Convert convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, dear);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.deposit("more", "500.00");
        d.desk.collect("m1", "500.00");  // so that the other bank's deal has CNY beside what is held for the lock
        const std::string lock = d.taken(money("CNY", "10.00"));
        d.run_calls();
        d.show_cheaper();
        for (int i = 0; i < 5 && d.lines_of(order).empty(); ++i) {
            convert.step(d.desk.clock.now());
            d.run_calls();
            d.desk.clock.advance(5s);
        }
        CHECK(d.purchase_of(order).bank == "cheap-bank");
        CHECK(d.left(lock) == money("CNY", "10.00"));
        d.check_books();
    });
}

TEST_CASE(
    "a draw takes no order whose agreed price is better: that may be had elsewhere, and its rule is not applied") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string better = d.order("m1", "USD", "500.00");
        d.agree_on_price(better, 10min, "at_market", "6.0000");
        const std::string free = d.order("m1", "USD", "300.00");
        const std::string lock = d.taken(money("CNY", "300.00"));
        d.run_calls();
        CHECK(d.convert.step(d.desk.clock.now()) >= 1);
        CHECK(d.purchase_of(free).lock_id == lock);
        CHECK(d.get(better).amounts.converting.is_zero());
        CHECK(orders::waiting_of(d.get(better)) == orders::Waiting::Convert);
        d.run_calls();
        d.check_books();
    });
}

TEST_CASE("by fx.held_locks = best a held lock waits while a better price is at hand, and is drawn on when none is") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        flow::Convert convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates,
                              d.two_banks(flow::UseHeldLocks::Best));
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.deposit("more", "500.00");
        d.desk.collect("m1", "500.00");  // so that the other bank's deal has CNY beside what is held for the lock
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run_calls();
        d.show_cheaper();
        for (int i = 0; i < 5 && d.lines_of(order).empty(); ++i) {
            convert.step(d.desk.clock.now());
            d.run_calls();
            d.desk.clock.advance(5s);
        }
        CHECK(d.purchase_of(order).bank == "cheap-bank");
        CHECK(d.left(lock) == money("CNY", "500.00"));
        CHECK_FALSE(d.has_work(flow::kHeldLockWorse));

        const std::string next = d.order("m2", "USD", "200.00");
        d.run();  // of the desk that has only the lock's bank, whose price is the lock's
        CHECK(d.purchase_of(next).lock_id == lock);
        CHECK(d.left(lock) == money("CNY", "300.00"));
    });
}

TEST_CASE("FX-03 a lock that the desk took and the bank gave at a price of another scale is not drawn on") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "10.00");
        const std::string second = d.order("m2", "USD", "990.00");
        d.fault("timeout_after_effect", 1, "/v1/fx/locks");
        const std::string lock = d.taken(money("CNY", "1000.00"));
        const Rate asked = d.row(lock).lock.rate;
        d.run_calls();
        REQUIRE(d.row(lock).lock.state == fx::LockState::Unknown);
        d.bank_books.write([](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET price_e4 = 71200"}, {}); });
        d.desk.clock.advance(3s);
        d.run_calls();
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.covered(lock).is_zero());
        const std::string told = d.told("lock_rate_differs", lock);
        CHECK(told.find(asked.per_one()) != std::string::npos);
        CHECK(told.find("0.0712") != std::string::npos);
        CHECK(told.find("far better") != std::string::npos);
        d.check_books();
        d.advance(60s);
        CHECK(d.purchase_of(first).lock_id != lock);
        CHECK(d.used_at_bank(lock).is_zero());
        CHECK(d.get(second).state == orders::OrderState::Converted);
        d.check_books();
    });
}
