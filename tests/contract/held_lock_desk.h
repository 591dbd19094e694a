#pragma once
// Held locks end to end on a real database: the desk of conversions with a dealer who takes them, what the bank's books
// say of them, and what a person is told. LockDesk d(database); d.show_rates(); d.order(...); d.taken(money(...));

#include <doctest/doctest.h>

#include "adapters/sandbox/bank/fx_deals.h"
#include "fx/held_lock_store.h"
#include "src/flow/held_locks.h"
#include "src/operators/operator.h"
#include "tests/contract/convert_desk.h"

namespace convert_desk {

using namespace std::chrono_literals;

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
                                         const std::string& bank_name = "sandbox-bank",
                                         const std::vector<std::string>& another_than = {}) {
        auto item = std::make_shared<flow::TakeLock>(flow::LockWish{bank_name, currency("USD"), amount});
        item->operator_id = by;
        item->another_than = another_than;
        REQUIRE(desk.queue->run(held_locks.take(), item).ok());
        return item;
    }
    /// another_than: those of the same amount which it is not.
    std::string taken(const Money& amount, const std::vector<std::string>& another_than = {}) {
        const auto item = take(amount, "opr_dealer", "sandbox-bank", another_than);
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
    struct TwoDraws {
        std::string first;   // an order of CNY 600
        std::string second;  // and of CNY 400
        std::string lock;    // that both use up
    };
    /// Two purchases that draw on one lock, both ordered and neither sent.
    TwoDraws two_draws() {
        show_rates();
        TwoDraws two{order("m1", "USD", "600.00"), order("m2", "USD", "400.00"), ""};
        two.lock = taken(money("CNY", "1000.00"));
        draw_two(two.lock, two.first, two.second);
        return two;
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

inline const ledger::Account& payer() {
    static const ledger::Account kPayer = ledger::provision("sb-cny", currency("CNY"));
    return kPayer;
}

}  // namespace convert_desk
