#pragma once
// The write queue's tests share one small business: deposits into purses, once for each fact, with balances that are
// read under lock and written as sums, so that any lost lock or repeated group shows as lost or invented money.

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/crash_point.h"
#include "src/base/error.h"
#include "src/base/random.h"
#include "src/db/lock_ranks.h"
#include "src/db/migration_text.h"
#include "src/db/migrations.h"
#include "src/db/write_queue.h"
#include "tests/support/mariadb.h"

namespace db_desk {

using namespace huiqiao;
using namespace huiqiao::db;
using huiqiao::testing::each_engine;
using huiqiao::testing::TestDatabase;

inline std::vector<Migration> schema() {
    std::vector<Migration> all{built_in_migrations().front()};
    all.push_back(
        {900, "900_test",
         "CREATE TABLE purse (id {id} NOT NULL PRIMARY KEY, owner {id} NOT NULL DEFAULT '', balance {int} NOT "
         "NULL DEFAULT 0) {table_end};\n"
         "CREATE TABLE deposit (fact {key} NOT NULL PRIMARY KEY, owner {id} NOT NULL DEFAULT '', purse {id} "
         "NOT NULL DEFAULT '', amount {int} NOT NULL DEFAULT 0) {table_end};\n{append_only deposit}\n"});
    return all;
}

constexpr Claim kPurse{{"purse", "id, owner, balance", "tti"}, true};
constexpr Claim kDeposit{{"deposit", "fact, owner, purse, amount", "ttti"}};
constexpr LockTable kPurseLock{lock_rank::kAccount, "SELECT id FROM purse WHERE id IN (:list) ORDER BY id"};
constexpr Select kBalances{"SELECT id, balance FROM purse WHERE id IN (:list)", "ti"};
constexpr Update kSetBalance{"purse", "id", "balance", "ti"};

/// Puts an amount into a purse, once for each fact.
struct Deposit : Item {
    Deposit(std::string its_fact, std::string its_purse, std::int64_t its_amount)
        : fact(std::move(its_fact)), purse(std::move(its_purse)), amount(its_amount) {}
    std::string fact;
    std::string purse;
    std::int64_t amount;
    bool replayed = false;
    std::int64_t balance_after = 0;
    Date date;
    Instant at{};
};

/// Reads balances under lock, adds in memory and writes the sums: any lost lock would lose money.
class Deposits : public Operation {
 public:
    std::function<void(Deposit&)> on_run = [](Deposit&) {};
    int runs = 0;
    int committed = 0;

    std::string_view name() const override { return "deposit"; }
    std::unique_ptr<Work> begin(std::span<const std::shared_ptr<Item>> items) override;
};

class DepositWork : public Work {
 public:
    DepositWork(Deposits& operation, std::span<const std::shared_ptr<Item>> items) : operation_(operation) {
        for (const auto& item : items) items_.push_back(static_cast<Deposit*>(item.get()));
        for (std::size_t at = 0; at < items.size(); ++at) owners_.push_back("o" + std::to_string(at) + unique());
    }
    void claim(Claims& claims) override {
        for (std::size_t at = 0; at < items_.size(); ++at) {
            claims.add(kDeposit, items_[at]->fact, owners_[at], items_[at]->purse, items_[at]->amount);
            if (!claims.stands(kPurse, items_[at]->purse)) claims.add(kPurse, items_[at]->purse, "", 0);
        }
    }
    void lock(Locks& locks) override {
        for (const Deposit* item : items_) locks.add(kPurseLock, item->purse);
    }
    void run(Group& group) override {
        ++operation_.runs;
        std::map<std::string, std::int64_t> balances;
        std::vector<std::string> ids;
        for (const Deposit* item : items_) ids.push_back(item->purse);
        const Found found = group.tx.select(kBalances, {}, ids);
        for (std::size_t row = 0; row < found.size(); ++row) balances[found.text(row, 0)] = found.integer(row, 1);
        for (std::size_t at = 0; at < items_.size(); ++at) {
            Deposit& item = *items_[at];
            operation_.on_run(item);
            item.replayed = group.claims.owner(kDeposit, item.fact) != owners_[at];
            if (!item.replayed) balances[item.purse] += item.amount;
            item.balance_after = balances[item.purse];
            item.date = group.business_date;
            item.at = group.now;
            if (!item.replayed) ++group.slot.seq;
        }
        Rows rows;
        for (const auto& [id, balance] : balances) rows.add(id, balance);
        group.tx.update(kSetBalance, rows);
    }
    void committed() override { ++operation_.committed; }

 private:
    static std::string unique() {
        static std::atomic<int> counter{0};
        return "_" + std::to_string(++counter);
    }
    Deposits& operation_;
    std::vector<Deposit*> items_;
    std::vector<std::string> owners_;
};

inline std::unique_ptr<Work> Deposits::begin(std::span<const std::shared_ptr<Item>> items) {
    return std::make_unique<DepositWork>(*this, items);
}

inline Instant start() {
    return Date::parse("2026-05-12").value().at_shanghai(9, 0);
}

struct Desk {
    explicit Desk(const TestDatabase& on, WriteQueueSettings settings = {}) : Desk(on.settings(), settings) {}
    explicit Desk(DatabaseSettings on, WriteQueueSettings settings = {})
        : clock(start()), random(7), ids(clock, random), database(std::move(on), clock) {
        const bool migrated = migrate(database, schema()).ok();
        REQUIRE(migrated);
        queue = std::make_unique<WriteQueue>(database, clock, ids, settings);
    }
    std::shared_ptr<Deposit> deposit(const std::string& fact, const std::string& purse, std::int64_t amount) {
        return std::make_shared<Deposit>(fact, purse, amount);
    }
    std::int64_t balance(const std::string& purse) {
        std::int64_t result = 0;
        database.read([&](Reader& reader) {
            const Found found = reader.select({"SELECT balance FROM purse WHERE id = :p1", "i"}, {purse});
            if (!found.empty()) result = found.integer(0, 0);
        });
        return result;
    }
    std::int64_t number(std::string_view text) {
        std::int64_t result = 0;
        database.read([&](Reader& reader) { result = reader.select({text, "i"}).integer(0, 0); });
        return result;
    }
    ManualClock clock;
    SeededRandom random;
    IdSource ids;
    Deposits deposits;
    Database database;
    std::unique_ptr<WriteQueue> queue;
};

class Hook {
 public:
    explicit Hook(std::function<void(std::string_view)> hook) { install_crash_hook(std::move(hook)); }
    ~Hook() { install_crash_hook({}); }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
};

inline Monotonic far(const Desk& desk) {
    return desk.clock.monotonic() + std::chrono::hours(1);
}

}  // namespace db_desk
