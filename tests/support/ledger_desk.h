#pragma once
// The books on a real database, driven by verbs: LedgerDesk desk(database); desk.collect("m1", "100.00").

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>

#include "src/crypto/signing_key.h"
#include "src/db/migrations.h"
#include "src/flow/close_day.h"
#include "src/flow/keep_anchors.h"
#include "src/flow/postings.h"
#include "src/ledger/anchor.h"
#include "src/ledger/ledger.h"
#include "src/ledger/verify.h"
#include "tests/support/ledger_chart.h"
#include "tests/support/mariadb.h"

namespace huiqiao::testing {

/// Any work on the books in one group: accounts are claimed and locked, then the function runs.
struct BookItem : db::Item {
    std::vector<ledger::Account> accounts;
    std::function<void(db::Group&)> run;
};

class BookOperation final : public db::Operation {
 public:
    explicit BookOperation(const ledger::Ledger& ledger) : ledger_(ledger) {}
    [[nodiscard]] std::string_view name() const override { return "books"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<BookWork>(items, ledger_);
    }

 private:
    class BookWork final : public db::Work {
     public:
        BookWork(std::span<const std::shared_ptr<db::Item>> items, const ledger::Ledger& ledger)
            : items_(items.begin(), items.end()), ledger_(ledger) {}
        void claim(db::Claims& claims) override {
            for (const auto& item : items_) {
                for (const auto& account : static_cast<BookItem&>(*item).accounts) ledger_.claim(claims, account);
            }
        }
        void lock(db::Locks& locks) override {
            for (const auto& item : items_) {
                for (const auto& account : static_cast<BookItem&>(*item).accounts) ledger_.lock(locks, account);
            }
        }
        void run(db::Group& group) override {
            for (const auto& item : items_) static_cast<BookItem&>(*item).run(group);
        }

     private:
        std::vector<std::shared_ptr<db::Item>> items_;
        const ledger::Ledger& ledger_;
    };
    const ledger::Ledger& ledger_;
};

inline crypto::SigningKey test_key() {
    SeededRandom random(42);
    return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
}

inline std::vector<ledger::Account> accounts_of(std::span<const ledger::Draft> drafts) {
    std::vector<ledger::Account> accounts;
    for (const ledger::Draft& draft : drafts) {
        for (const ledger::Posting& posting : draft.postings) accounts.push_back(posting.account);
    }
    return accounts;
}

class LedgerDesk {
 public:
    explicit LedgerDesk(TestDatabase& where, std::uint64_t seed = 7)
        : random(seed),
          ids(clock, random),
          database(where.settings(), clock),
          key(test_key()),
          directory(fresh_directory("ledger")),
          anchors(key, {directory / "anchors.txt"}) {
        REQUIRE(db::migrate(database).ok());
        queue = std::make_unique<db::WriteQueue>(database, clock, ids, db::WriteQueueSettings{});
        REQUIRE(complete_file() == 0);  // as a service does at its start: the file is there
    }
    ~LedgerDesk() {
        queue.reset();
        std::filesystem::remove_all(directory);
    }
    LedgerDesk(const LedgerDesk&) = delete;
    LedgerDesk& operator=(const LedgerDesk&) = delete;

    Status run(std::vector<ledger::Account> accounts, std::function<void(db::Group&)> work) {
        auto item = std::make_shared<BookItem>();
        item->accounts = std::move(accounts);
        item->run = std::move(work);
        return queue->run(operation, item);
    }

    ledger::PostResult post(const std::vector<ledger::Draft>& drafts) {
        ledger::PostResult result;
        const Status status = run(accounts_of(drafts), [&](db::Group& group) { result = books.post(group, drafts); });
        if (!status) FAIL(status.error().english());
        return result;
    }

    flow::postings::Event event(std::string source_id) {
        return {.source_type = "test",
                .source_id = std::move(source_id),
                .occurred_at = clock.now(),
                .value_date = Date::in_shanghai(clock.now())};
    }

    /// The channel confirms a payment of CNY, and its money arrives.
    void collect(const std::string& merchant, std::string_view amount) {
        const std::string id = ids.next("pay");
        const Money cny = money("CNY", amount);
        post({flow::postings::collected(event(id), "ch", merchant, cny),
              flow::postings::channel_settled(event(id), "sb-cny", "ch", cny, Money::zero(cny.currency()))});
    }

    Result<std::vector<std::string>> hold(const std::vector<ledger::HoldRequest>& requests) {
        std::optional<Result<std::vector<std::string>>> result;
        std::vector<ledger::Account> accounts;
        for (const auto& request : requests) accounts.push_back(request.account);
        const Status status = run(accounts, [&](db::Group& group) { result.emplace(books.hold(group, requests)); });
        if (!status) FAIL(status.error().english());
        return *result;
    }

    ledger::Balance balance(const ledger::Account& account) {
        std::optional<ledger::Balance> found;
        database.read(
            [&](db::Reader& reader) { found = books.balances(reader, std::span(&account, 1)).at(account.id()); });
        return *found;
    }

    /// As the hourly work does; how many lines the file gained.
    std::size_t complete_file() {
        const auto added = flow::AnchorFiles(database, *queue, anchors).complete(flow::AnchorFiles::How::ByItself);
        if (!added) FAIL(added.error().english());
        return added->size();
    }

    ledger::VerifyReport verify() {
        ledger::VerifySettings settings;
        settings.anchor_file = anchors.settings().place();
        return ledger::verify(database, books.chart(), key.verify_key(), settings);
    }

    ManualClock clock{parse_rfc3339("2026-11-20T02:00:00Z").value()};
    SeededRandom random;
    IdSource ids;
    db::Database database;
    crypto::SigningKey key;
    std::filesystem::path directory;
    ledger::Ledger books{shipped_chart()};
    ledger::Anchors anchors;
    BookOperation operation{books};
    std::unique_ptr<db::WriteQueue> queue;
};

}  // namespace huiqiao::testing
