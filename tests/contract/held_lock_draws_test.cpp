// Several purchases by one held lock, and what is left behind when it is over: what cannot leave is withdrawn, what
// comes back is drawn on again or told of.

#include "src/flow/undelivered.h"
#include "tests/contract/held_lock_desk.h"

using namespace convert_desk;

TEST_CASE("FX-04 a draw that cannot leave is withdrawn at the lock's end, also where another draw was dealt by then") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        const auto [first, second, lock] = d.two_draws();
        d.client.down_after = "POST /v1/fx/purchases";
        d.run_calls();
        REQUIRE(d.get(first).state == orders::OrderState::Converted);
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        for (int i = 0; i < 14; ++i) d.advance(10s);
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.get(second).state == orders::OrderState::Funded);
        CHECK(d.left(lock) == money("CNY", "400.00"));
        CHECK(d.held(payer()) == money("CNY", "600.00"));
        CHECK(d.told(flow::kHeldLockUnused, lock).find("CNY 400.00 of CNY 1000.00") != std::string::npos);
        d.bank_is_back();
        for (int i = 0; i < 12; ++i) d.advance(60s);
        CHECK(d.get(second).state == orders::OrderState::Converted);
        CHECK(d.purchase_of(second).lock_id != lock);
        CHECK(d.deals_at_bank() == 2);
        d.check_books();
    });
}

TEST_CASE(
    "FX-04 a draw that cannot leave is withdrawn in time, also where the bank said before that their lock is over") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        const auto [first, second, lock] = d.two_draws();
        d.fault("fx_lock_expires");
        d.client.down_after = "POST /v1/fx/purchases";
        d.run_calls();
        REQUIRE(d.get(first).state == orders::OrderState::Funded);
        REQUIRE(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.told(flow::kHeldLockUnused, lock).find("CNY 600.00 of CNY 1000.00") != std::string::npos);
        d.advance(100s);  // of 120, with 5 of skew: until then it may leave
        CHECK(d.purchase_of(second).state == fx::PurchaseState::Ordered);
        for (int i = 0; i < 4; ++i) d.advance(10s);
        CHECK(d.get(second).state == orders::OrderState::Funded);
        CHECK(d.left(lock) == money("CNY", "1000.00"));
        CHECK(d.held(payer()).is_zero());
        CHECK(d.told(flow::kHeldLockUnused, lock).find("CNY 1000.00 of CNY 1000.00") != std::string::npos);
        d.bank_is_back();
        for (int i = 0; i < 12; ++i) d.advance(60s);
        CHECK(d.get(first).state == orders::OrderState::Converted);
        CHECK(d.get(second).state == orders::OrderState::Converted);
        d.check_books();
    });
}

TEST_CASE("what a part of the last open draw gives back is drawn on again, though another draw was dealt before") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        const auto [first, second, lock] = d.two_draws();
        d.client.down_after = "POST /v1/fx/purchases";
        d.run_calls();
        REQUIRE(d.get(first).state == orders::OrderState::Converted);
        d.bank_is_back();
        d.fault("fx_partial");
        for (int i = 0; i < 8; ++i) d.advance(10s);
        CHECK(d.get(second).amounts.converted == money("CNY", "400.00"));
        REQUIRE(d.lines_of(second).size() == 2);
        CHECK(d.lines_of(second)[0].back.is_positive());
        CHECK(d.purchase_of(second).lock_id == lock);
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        CHECK(d.used_at_bank(lock) == money("CNY", "1000.00"));
        CHECK(d.locks_sent() == 1);
        CHECK(d.deals_at_bank() == 3);
        CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
        d.check_books();
    });
}

TEST_CASE("what a draw gives back after its lock is over was not drawn: the lock shows it, and a person is told") {
    each_engine([](TestDatabase& on) {
        for (const std::string fault : {"fx_partial", "fx_reject"}) {
            CAPTURE(fault);
            TestDatabase fresh = TestDatabase::fresh(on.engine());
            LockDesk d(fresh);
            d.show_rates();
            const std::string order = d.order("m1", "USD", "500.00");
            const std::string lock = d.taken(money("CNY", "500.00"));
            d.run_calls();
            d.fault(fault);
            d.fault("timeout_after_effect", 1, "/v1/fx/purchases");
            d.client.down_after = "POST /v1/fx/purchases";
            d.run();
            REQUIRE(d.purchase_of(order).state == fx::PurchaseState::Unknown);
            for (int i = 0; i < 14; ++i) d.advance(10s);
            REQUIRE(d.row(lock).lock.state == fx::LockState::Expired);
            CHECK(d.left(lock).is_zero());
            CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
            d.bank_is_back();
            for (int i = 0; i < 12; ++i) d.advance(60s);
            CHECK(d.get(order).state == orders::OrderState::Converted);
            CHECK(d.row(lock).held.drawn == d.used_at_bank(lock));
            CHECK(d.left(lock) == money("CNY", fault == "fx_partial" ? "250.00" : "500.00"));
            CHECK(d.told(flow::kHeldLockUnused, lock).find(d.left(lock).text() + " of CNY 500.00") !=
                  std::string::npos);
            CHECK(d.covered(lock).is_zero());
            d.check_books();
        }
    });
}

TEST_CASE("FX-02 a lock that could not be asked for lapses, and what was told of its asking is over with it") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        (void)d.order("m1", "USD", "500.00");
        d.client.is_down = true;
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run_calls();
        std::string call;
        d.desk.database.read([&](db::Reader& reader) {
            call = calls::Calls::instructions(reader, "fx.lock", "fx_lock", std::span(&lock, 1)).at(0).call_id;
        });
        REQUIRE(d.desk
                    .run({},
                         [&](db::Group& group) {
                             operators::WorkItems().open(
                                 group, operators::NewWorkItem{std::string(flow::kCallUndelivered), "external_call",
                                                               call, "It cannot be sent.", "无法发送。"});
                         })
                    .ok());
        for (int i = 0; i < 40; ++i) d.advance(10s);
        CHECK(d.row(lock).lock.state == fx::LockState::Lapsed);
        CHECK(d.covered(lock).is_zero());
        CHECK_FALSE(d.has_work(flow::kCallUndelivered));
        d.bank_is_back();
        for (int i = 0; i < 12; ++i) d.advance(60s);
        CHECK(d.client.count("POST /v1/fx/locks") > 0);
        d.check_books();
    });
}
