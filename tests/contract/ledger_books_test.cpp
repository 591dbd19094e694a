#include <thread>

#include "src/ledger/journal.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
namespace postings = huiqiao::flow::postings;
using testing::currency;
using testing::each_engine;
using testing::LedgerDesk;
using testing::money;
using testing::TestDatabase;

namespace {

Account merchant_cny(const std::string& id = "m1") {
    return merchant(id, currency("CNY"));
}

/// A transfer of a random amount between two of a few clearing accounts, in one of three currencies.
Draft random_draft(Random& random, int number) {
    const std::string_view codes[] = {"CNY", "JPY", "KWD"};
    const Currency drawn = currency(codes[random.below(3)]);
    const Money amount = Money::of_minor(drawn, static_cast<std::int64_t>(random.below(100'000)) + 1);
    const std::string from = "c" + std::to_string(random.below(6));
    const std::string to = "m" + std::to_string(random.below(6));
    Draft draft;
    draft.fact = {"random", std::to_string(number), "moved"};
    draft.value_date = Date::of_number(20261120);
    draft.postings = {debit(clearing(from, drawn), amount), credit(merchant(to, drawn), amount)};
    if (random.below(3) == 0) {
        const Money fee = Money::of_minor(drawn, static_cast<std::int64_t>(random.below(50)) + 1);
        draft.postings.push_back(debit(merchant(to, drawn), fee));
        draft.postings.push_back(credit(clearing(from, drawn), fee));
    }
    return draft;
}

}  // namespace

TEST_CASE("an entry is booked with its balances, its place in the chain and its dates") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const auto draft = postings::collected(desk.event("pay_1"), "ch", "m1", money("CNY", "100.00"));
        const PostResult posted = desk.post({draft});
        REQUIRE(posted.entries.size() == 1);
        CHECK(posted.entries[0].is_new);
        CHECK(posted.overdrawn.empty());
        CHECK(desk.balance(merchant_cny()).booked == money("CNY", "100.00"));
        CHECK(desk.balance(clearing("ch", currency("CNY"))).available() == money("CNY", "100.00"));
        CHECK(desk.balance(merchant_cny("nobody")).booked.is_zero());
        desk.database.read([&](db::Reader& reader) {
            const auto entry = find_entry(reader, draft.fact);
            REQUIRE(entry);
            CHECK(entry->id == posted.entries[0].entry_id);
            CHECK(entry->seq == 1);
            CHECK(entry->prev_hash.empty());
            CHECK(entry->hash == hash_of(*entry));
            CHECK(entry->booked_at_us == to_us(desk.clock.now()));
            CHECK(entry->business_date == 20261120);
            REQUIRE(entry->lines.size() == 2);
            CHECK(entry->lines[1].account_id == "merchant:m1:CNY");
        });
        CHECK(desk.verify().is_good());
    });
}

TEST_CASE("XCT-04: a fact is booked once for ever: in the same call, in the same group and later") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const auto draft = postings::collected(desk.event("pay_1"), "ch", "m1", money("CNY", "1.00"));
        const auto other = postings::collected(desk.event("pay_2"), "ch", "m1", money("CNY", "2.00"));
        PostResult first;
        PostResult second;
        REQUIRE(desk.run(testing::accounts_of(std::vector{draft, other}),
                         [&](db::Group& group) {
                             first = desk.books.post(group, std::vector{draft, draft});
                             second = desk.books.post(group, std::vector{other, draft});
                         })
                    .ok());
        CHECK(first.entries[0].is_new);
        CHECK_FALSE(first.entries[1].is_new);
        CHECK(second.entries[0].is_new);
        CHECK_FALSE(second.entries[1].is_new);
        const PostResult later = desk.post({draft, other});
        CHECK_FALSE(later.entries[0].is_new);
        CHECK(later.entries[0].entry_id == first.entries[0].entry_id);
        CHECK(first.entries[1].entry_id == first.entries[0].entry_id);
        CHECK(later.entries[1].entry_id == second.entries[0].entry_id);
        CHECK(desk.balance(merchant_cny()).booked == money("CNY", "3.00"));
        CHECK(desk.verify().entries == 2);
    });
}

TEST_CASE("LED-01: an entry that does not balance stops its whole group, and nothing of it is booked") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        auto good = postings::collected(desk.event("pay_1"), "ch", "m1", money("CNY", "1.00"));
        auto wrong = postings::collected(desk.event("pay_2"), "ch", "m1", money("CNY", "1.00"));
        wrong.postings[1].amount = money("CNY", "0.99");
        const Status status = desk.run(testing::accounts_of(std::vector{good}), [&](db::Group& group) {
            (void)desk.books.post(group, std::vector{good, wrong});
        });
        REQUIRE_FALSE(status.ok());
        CHECK(desk.balance(merchant_cny()).booked.is_zero());
        CHECK(desk.verify().entries == 0);
    });
}

TEST_CASE("LED-03: the database itself refuses to change or delete what is booked") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "100.00");
        REQUIRE(desk.run({}, [&](db::Group& group) { desk.anchors.write(group, "hour"); }).ok());
        for (const char* text : {"UPDATE journal_entry SET actor = 'x'", "DELETE FROM journal_entry",
                                 "UPDATE posting SET amount_minor = 1", "DELETE FROM posting", "DELETE FROM entry_fact",
                                 "UPDATE entry_fact SET entry_id = 'x'", "DELETE FROM anchor",
                                 "UPDATE anchor SET seq = 9", "DELETE FROM currency_digits"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(desk.database.write([&](db::Tx& tx) { tx.execute({text}); }), db::DatabaseError);
        }
        CHECK(desk.verify().is_good());
    });
}

TEST_CASE("LED-04: a reversal leaves both entries standing, linked, and happens once") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const auto draft = postings::collected(desk.event("pay_1"), "ch", "m1", money("CNY", "5.00"));
        desk.post({draft});
        std::optional<Entry> entry;
        desk.database.read([&](db::Reader& reader) { entry = find_entry(reader, draft.fact); });
        const Draft reversal = reversal_of(*entry, "keyed twice", "op_1", desk.clock.now(), Date::of_number(20261120));
        CHECK(desk.post({reversal}).entries[0].is_new);
        CHECK_FALSE(desk.post({reversal}).entries[0].is_new);
        CHECK(desk.balance(merchant_cny()).booked.is_zero());
        desk.database.read([&](db::Reader& reader) {
            const auto stored = find_entry(reader, reversal.fact);
            REQUIRE(stored);
            CHECK(stored->reverses == entry->id);
            CHECK(stored->reason == "keyed twice");
            CHECK(find_entry(reader, entry->id).has_value());
        });
        CHECK(desk.verify().is_good());
    });
}

TEST_CASE("LED-02: every balance is the sum of its postings, over random entries in random groups") {
    each_engine([](TestDatabase& where) {
        for (const std::uint64_t seed : {1ULL, 2ULL}) {
            CAPTURE(seed);
            TestDatabase fresh = TestDatabase::fresh(where.engine());
            LedgerDesk desk(fresh, seed);
            SeededRandom random(seed);
            std::map<std::string, std::int64_t> sums;
            std::vector<Account> accounts;
            for (int number = 0; number < 600;) {
                std::vector<Draft> drafts;
                for (std::uint64_t left = random.below(60) + 1; left > 0; --left, ++number) {
                    drafts.push_back(random_draft(random, number));
                    for (const Posting& posting : drafts.back().postings) {
                        const bool is_debit = posting.direction == Direction::Debit;
                        const bool is_debit_account = posting.account.kind == AccountKind::Clearing;
                        sums[posting.account.id()] +=
                            is_debit == is_debit_account ? posting.amount.minor() : -posting.amount.minor();
                        accounts.push_back(posting.account);
                    }
                }
                desk.post(drafts);
                desk.clock.advance(std::chrono::seconds(1));
            }
            desk.database.read([&](db::Reader& reader) {
                const auto balances = desk.books.balances(reader, accounts);
                CHECK(balances.size() == sums.size());
                for (const auto& [id, balance] : balances) {
                    CAPTURE(id);
                    CHECK(balance.booked.minor() == sums.at(id));
                }
            });
            const VerifyReport report = desk.verify();
            CAPTURE(report.text_english());
            CHECK(report.is_good());
        }
    });
}

TEST_CASE("LED-06: two writers on the same accounts lose nothing and never wait for each other in a circle") {
    TestDatabase where = TestDatabase::fresh(db::Engine::MariaDb);
    LedgerDesk desk(where);
    db::WriteQueue second(desk.database, desk.clock, desk.ids, {});
    // Accounts that stand already: that two writers open one at once may cost a second run (LED-05 tests that).
    std::vector<Account> all;
    for (const std::string_view code : {"CNY", "JPY", "KWD"}) {
        for (int at = 0; at < 6; ++at) {
            all.push_back(clearing("c" + std::to_string(at), currency(code)));
            all.push_back(merchant("m" + std::to_string(at), currency(code)));
        }
    }
    REQUIRE(desk.run(all, [](db::Group&) {}).ok());
    std::atomic<int> failed{0};
    const auto write = [&](db::WriteQueue& queue, std::uint64_t seed) {
        SeededRandom random(seed);
        for (int round = 0; round < 40; ++round) {
            auto drafts = std::make_shared<std::vector<Draft>>();
            for (int at = 0; at < 10; ++at) {
                drafts->push_back(random_draft(random, static_cast<int>(seed) * 100'000 + round * 10 + at));
            }
            auto item = std::make_shared<testing::BookItem>();
            item->accounts = testing::accounts_of(*drafts);
            item->run = [&desk, drafts](db::Group& group) { (void)desk.books.post(group, *drafts); };
            if (!queue.run(desk.operation, item)) ++failed;
        }
    };
    std::thread other([&] { write(second, 2); });
    write(*desk.queue, 1);
    other.join();
    CHECK(failed == 0);
    // Locks are taken in one order, so no group was ever a dead-lock's victim.
    CHECK(desk.queue->counters().reruns + second.counters().reruns == 0);
    const VerifyReport report = desk.verify();
    CAPTURE(report.text_english());
    CHECK(report.is_good());
    CHECK(report.entries == 800);
}

TEST_CASE("two writers that book one fact at once book it once") {
    TestDatabase where = TestDatabase::fresh(db::Engine::MariaDb);
    LedgerDesk desk(where);
    db::WriteQueue second(desk.database, desk.clock, desk.ids, {});
    std::atomic<int> booked{0};
    const auto write = [&](db::WriteQueue& queue, const std::string& owner) {
        for (int round = 0; round < 50; ++round) {
            auto item = std::make_shared<testing::BookItem>();
            // Another account each, so that only the fact joins the two.
            const std::vector<Draft> drafts{postings::collected(desk.event("pay_" + std::to_string(round)),
                                                                "ch-" + owner, owner, money("CNY", "1.00"))};
            auto is_new = std::make_shared<bool>(false);
            item->accounts = testing::accounts_of(drafts);
            item->run = [&desk, drafts, is_new](db::Group& group) {
                *is_new = desk.books.post(group, drafts).entries[0].is_new;
            };
            if (queue.run(desk.operation, item) && *is_new) ++booked;
        }
    };
    std::thread other([&] { write(second, "b"); });
    write(*desk.queue, "a");
    other.join();
    CHECK(booked == 50);
    CHECK((desk.balance(merchant_cny("a")).booked + desk.balance(merchant_cny("b")).booked) == money("CNY", "50.00"));
    CHECK(desk.verify().is_good());
}

TEST_CASE("a currency's digits are frozen at its first use") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "1.00");
        desk.database.read([&](db::Reader& reader) { CHECK(desk.books.check_currencies(reader).ok()); });
        desk.collect("m1", "1.00");
        desk.database.write([&](db::Tx& tx) {
            db::Rows rows;
            rows.add("JPY", "2");
            tx.insert({"currency_digits", "currency, digits", "tt"}, rows);
        });
        desk.database.read([&](db::Reader& reader) {
            const Status status = desk.books.check_currencies(reader);
            REQUIRE_FALSE(status.ok());
            CHECK(status.error().english() == "JPY had 2 digits when it was first booked; the table now says 0.");
        });
        const Status status =
            desk.run({merchant("m1", currency("JPY")), clearing("ch", currency("JPY"))}, [&](db::Group& group) {
                (void)desk.books.post(
                    group, std::vector{postings::collected(desk.event("jpy"), "ch", "m1", money("JPY", "100"))});
            });
        CHECK_FALSE(status.ok());
        CHECK(desk.balance(merchant("m1", currency("JPY"))).booked.is_zero());
    });
}
