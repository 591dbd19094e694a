// Locks that the desk takes before there is a purchase for them: covered by what orders collected, drawn on in parts,
// metered, over in time, and never two of them for one batch.

#include <doctest/doctest.h>

#include "adapters/sandbox/bank/fx_deals.h"
#include "fx/held_lock_store.h"
#include "src/flow/held_locks.h"
#include "src/flow/undelivered.h"
#include "src/operators/operator.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

struct LockDesk : ConvertDesk {
    explicit LockDesk(TestDatabase& on, Way which = Way::Rest) : ConvertDesk(on, which) {
        desk.database.write([](db::Tx& tx) {
            for (const auto& [id, role] :
                 {std::pair("opr_dealer", operators::Role::Dealer), {"opr_checker", operators::Role::Confirmer}}) {
                operators::Operator who;
                who.id = who.name = id;
                who.person_id = std::string("person_") + id;
                who.role = role;
                operators::OperatorStore::insert(tx, who);
            }
        });
    }

    flow::ConvertSettings always_asking() {
        flow::ConvertSettings eager = settings();
        eager.ask_every = 1s;
        return eager;
    }
    flow::ConvertSettings two_banks(flow::UseHeldLocks rule) {
        flow::ConvertSettings both = settings();
        both.banks["cheap-bank"] = both.banks.at("sandbox-bank");
        both.held_locks = rule;
        return both;
    }
    void show_rates() {
        asking.step(desk.clock.now());
        run_calls();
    }
    std::shared_ptr<flow::TakeLock> take(const Money& amount, const std::string& by = "opr_dealer",
                                         const std::string& bank_name = "sandbox-bank") {
        auto item = std::make_shared<flow::TakeLock>(flow::LockWish{bank_name, currency("USD"), amount});
        item->operator_id = by;
        REQUIRE(desk.queue->run(held_locks.take(), item).ok());
        return item;
    }
    std::string taken(const Money& amount) {
        const auto item = take(amount);
        REQUIRE_MESSAGE(item->taken.has_value(), (item->error ? item->error->english() : ""));
        return item->taken->lock.id;
    }
    std::string refused(const Money& amount, const std::string& by = "opr_dealer",
                        const std::string& bank_name = "sandbox-bank") {
        const auto item = take(amount, by, bank_name);
        return item->error ? std::string(item->error->code->text) : "taken";
    }
    fx::HeldLockStore::Row row(const std::string& id) {
        std::optional<fx::HeldLockStore::Row> found;
        desk.database.read([&](db::Reader& reader) { found = fx::HeldLockStore::find(reader, id); });
        REQUIRE(found.has_value());
        return *found;
    }
    Money left(const std::string& id) {
        const fx::HeldLockStore::Row now = row(id);
        return fx::left_of(now.lock, now.held);
    }
    /// What the bank says was dealt by it.
    Money used_at_bank(const std::string& id) {
        const fx::Lock lock = row(id).lock;
        std::optional<bank::FxLockRow> given;
        bank_books.read([&](db::Reader& reader) { given = bank::find_lock(reader, lock.reference); });
        REQUIRE(given.has_value());
        return Money::of_minor(lock.amount.currency(), given->used_minor);
    }
    /// What is covered of the lock, as the ledger holds it for it.
    Money covered(const std::string& id) {
        std::int64_t minor = 0;
        desk.database.read([&](db::Reader& reader) {
            minor = reader
                        .select({"SELECT COALESCE(SUM(amount_minor), 0) FROM hold WHERE subject_id = :p1 AND state = "
                                 "'open'",
                                 "i"},
                                {id})
                        .integer(0, 0);
        });
        CHECK(row(id).held.cny.minor() == minor);
        return Money::of_minor(currency("CNY"), minor);
    }
    void keep_back(const std::string& order) {
        desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE orders SET hold_reason = 'checked' WHERE id = :p1"}, {order}); });
    }
    /// Two purchases that draw on the lock, both ordered and neither sent.
    void draw_two(const std::string& lock, const std::string& first, const std::string& second) {
        keep_back(second);
        run_calls();
        REQUIRE(row(lock).lock.state == fx::LockState::Locked);
        REQUIRE(convert.step(desk.clock.now()) >= 1);
        let_go(second);
        REQUIRE(convert.step(desk.clock.now()) >= 1);
        REQUIRE(purchase_of(first).lock_id == lock);
        REQUIRE(purchase_of(second).lock_id == lock);
        REQUIRE(purchase_of(first).id != purchase_of(second).id);
        REQUIRE(left(lock).is_zero());
    }
    void let_go(const std::string& order) {
        desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE orders SET hold_reason = '' WHERE id = :p1"}, {order}); });
    }
    /// The bank answers again after a while without it.
    void bank_is_back() {
        client.down_after.clear();
        client.is_down = false;
    }
    /// Deals that the bank made, by its own books.
    std::int64_t deals_at_bank() {
        std::int64_t count = 0;
        bank_books.read([&](db::Reader& reader) {
            count =
                reader.select({"SELECT COUNT(*) FROM fx_deal WHERE status <> :p1", "i"}, {"rejected"}).integer(0, 0);
        });
        return count;
    }
    /// What a person reads of it; empty: nothing is told.
    std::string told(std::string_view kind, const std::string& subject) {
        std::map<std::string, std::string> open;
        desk.database.read(
            [&](db::Reader& reader) { open = operators::WorkItems().open_of(reader, kind, std::span(&subject, 1)); });
        return open.empty() ? "" : open.at(subject);
    }
    [[nodiscard]] bool has_work(std::string_view kind) {
        const std::vector<std::string> kinds = work_items();
        return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    }
    /// The same price anew, as if the board had been asked.
    void show_again() {
        copy_board("sandbox-bank", "sandbox-bank", "USD");
        desk.database.write([&](db::Tx& tx) { tx.execute({"UPDATE fx_quote SET state = 'open'"}, {}); });
    }
    /// Another bank's board with the same price, some pips lower.
    void show_cheaper() {
        copy_board("sandbox-bank", "cheap-bank", "USD");
        desk.database.write([&](db::Tx& tx) {
            const std::string id = fx::board_id("cheap-bank", currency("USD"));
            const std::string quote = fx::QuoteStore::boards(tx, std::span(&id, 1)).at(0).quote_id;
            tx.execute(
                {"UPDATE fx_quote SET state = 'open', bank_rate_e10 = bank_rate_e10 - 100000000, client_rate_e10 "
                 "= client_rate_e10 - 100000000, valid_until = valid_until + 600000000 WHERE id = :p1"},
                {quote});
        });
    }
    [[nodiscard]] std::size_t locks_sent() const { return client.count("POST /v1/fx/locks"); }

    flow::Convert asking{desk.database, *desk.queue, desk.books, call_rows, value_dates, always_asking()};
    flow::HeldLocks held_locks{desk.database, *desk.queue, desk.books, call_rows, value_dates, settings()};
};

const ledger::Account& payer() {
    static const ledger::Account kPayer = ledger::provision("sb-cny", currency("CNY"));
    return kPayer;
}

}  // namespace

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
        CHECK(over->error->english().find("only CNY 500.00 collected") != std::string::npos);
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
        const auto second = d.take(money("CNY", "300.00"));
        REQUIRE(second->error.has_value());
        CHECK(second->error->english().find("only CNY 200.00 collected") != std::string::npos);
        CHECK(d.locks_sent() == 1);
        d.check_books();
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

TEST_CASE("a refused draw ends its lock: orders and money are free, a person is told, and the orders are bought anew") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        d.fault("fx_reject");
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

TEST_CASE("FX-04 a draw that cannot leave is withdrawn at the lock's end, also where another draw was dealt by then") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "600.00");
        const std::string second = d.order("m2", "USD", "400.00");
        const std::string lock = d.taken(money("CNY", "1000.00"));
        d.draw_two(lock, first, second);
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

TEST_CASE("FX-04 a draw that cannot leave is withdrawn in time, also where a refused one ended their lock before") {
    each_engine([](TestDatabase& on) {
        LockDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "600.00");
        const std::string second = d.order("m2", "USD", "400.00");
        const std::string lock = d.taken(money("CNY", "1000.00"));
        d.draw_two(lock, first, second);
        d.fault("fx_reject");
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
        d.show_rates();
        const std::string first = d.order("m1", "USD", "600.00");
        const std::string second = d.order("m2", "USD", "400.00");
        const std::string lock = d.taken(money("CNY", "1000.00"));
        d.draw_two(lock, first, second);
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
