// Draws on a held lock that its bank refuses: the promise stands for others, until the bank says that it is over, or
// refuses again and again.

#include "tests/contract/lock_end_desk.h"

using namespace convert_desk;

TEST_CASE("a refused draw leaves its lock as it was, and it is drawn on again") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.fault("fx_reject", 2);
        const std::string lock = d.taken(money("CNY", "500.00"));
        for (int i = 0; i < 4; ++i) d.advance(2s);
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        CHECK(d.used_at_bank(lock) == money("CNY", "500.00"));
        CHECK(d.purchase_of(order).lock_id == lock);
        CHECK(d.get(order).state == orders::OrderState::Converted);
        CHECK(d.locks_sent() == 1);
        CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
        CHECK_FALSE(d.has_work(flow::kHeldLockRefused));
        d.check_books();
    });
}

TEST_CASE("a bank that says that a lock is over ends it: its money is free, a person is told, orders are bought anew") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.fault("fx_lock_expires");
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run();
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.covered(lock).is_zero());
        CHECK(d.has_work(flow::kHeldLockUnused));
        d.advance(60s);
        CHECK(d.get(order).state == orders::OrderState::Converted);
        CHECK(d.purchase_of(order).lock_id != lock);
        d.check_books();
    });
}

TEST_CASE("after three refusals in a row nothing is drawn on a lock until a person lets it go on, or it is ended") {
    for (const bool is_let_go : {true, false}) {
        each_engine([&](TestDatabase& on) {
            CAPTURE(is_let_go);
            EndDesk d(on);
            d.earn("20.00");
            const std::string lock = d.held_for("500.00");
            d.fault("fx_reject", 3);
            d.let_go(d.kept_back);
            for (int i = 0; i < 8; ++i) d.pass(2s);
            CHECK(d.row(lock).lock.state == fx::LockState::Locked);
            CHECK(d.covered(lock) == cny("500.00"));
            CHECK(d.left(lock) == cny("500.00"));
            CHECK(d.told(flow::kHeldLockRefused, lock).find("desk_closed") != std::string::npos);
            CHECK(d.purchases_of(d.kept_back).size() == 3);
            if (is_let_go) {
                REQUIRE(d.desk
                            .run({},
                                 [&](db::Group& group) {
                                     operators::WorkItems().close(group, flow::kHeldLockRefused, lock, "the bank said");
                                 })
                            .ok());
                for (int i = 0; i < 2; ++i) d.pass(2s);
                CHECK(d.row(lock).lock.state == fx::LockState::Used);
                CHECK(d.purchase_of(d.kept_back).lock_id == lock);
            } else {
                const LockEnd offered = d.priced(lock, EndWay::CloseOut);
                CHECK(d.decide(offered.id, offered.cost) == "decided");
                d.settle();
                CHECK(d.row(lock).lock.state == fx::LockState::Ended);
                CHECK_FALSE(d.has_work(flow::kHeldLockRefused));
                d.pass(60s);
                CHECK(d.purchase_of(d.kept_back).lock_id != lock);
            }
            CHECK(d.get(d.kept_back).state == orders::OrderState::Converted);
            d.check_books();
        });
    }
}

TEST_CASE("a draw that is dealt between two refusals begins the count anew") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = d.held_for("500.00");
        for (int i = 0; i < 2; ++i) {
            d.fault("fx_reject", 2);
            const std::string order = d.order("m2", "USD", "100.00");
            for (int round = 0; round < 5; ++round) d.pass(2s);
            CHECK(d.purchase_of(order).lock_id == lock);
            CHECK(d.get(order).state == orders::OrderState::Converted);
        }
        CHECK_FALSE(d.has_work(flow::kHeldLockRefused));
        CHECK(d.left(lock) == cny("300.00"));
        d.check_books();
    });
}
