// What booking costs: groups of 500 collected payments (2 postings each, one hot clearing account, 100 merchants)
// through the write queue, beside the same rows written by bare bulk statements. Prints entries a second.
// Usage: ledger_bench [sqlite|mariadb] [groups] [books]: with the third word without the bare statements, as for a
// million entries (2000 groups) to be verified.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <iostream>

#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using testing::LedgerDesk;

namespace {

constexpr int kGroup = 500;

double per_second(int count, std::chrono::steady_clock::time_point start) {
    return count / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of this process: what a busy machine does not make longer.
double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double by_ledger(db::Engine engine, int groups) {
    testing::TestDatabase where = testing::TestDatabase::fresh(engine);
    LedgerDesk desk(where);
    desk.collect("m0", "1.00");
    desk.database.read([&](db::Reader& reader) { (void)desk.books.check_currencies(reader).ok(); });
    int number = 0;
    std::vector<std::vector<ledger::Draft>> sets(static_cast<std::size_t>(groups));
    for (auto& drafts : sets) {
        for (int at = 0; at < kGroup; ++at, ++number) {
            drafts.push_back(flow::postings::collected(
                desk.event("pay_01JD4M3H6Y8N1V7Q0X2K5R" + std::to_string(number)), "ch",
                "mch_01JD4M3H6Y8N1V7Q0X2K5" + std::to_string(number % 100), testing::money("CNY", "12.34")));
        }
    }
    const auto start = std::chrono::steady_clock::now();
    for (const auto& drafts : sets) desk.post(drafts);
    const double rate = per_second(number, start);
    const auto verifying = std::chrono::steady_clock::now();
    const double cpu_before = cpu_seconds();
    const ledger::VerifyReport report = desk.verify();
    std::cout << "verify: " << static_cast<int>(per_second(static_cast<int>(report.entries), verifying))
              << " entries/s, of one core's time "
              << static_cast<int>(static_cast<double>(report.entries) / (cpu_seconds() - cpu_before)) << " entries/s, "
              << report.problem_count << " problems\n";
    return rate;
}

/// The same rows, ready made, and the same number of statements, without thinking.
double by_hand(db::Engine engine, int groups) {
    testing::TestDatabase where = testing::TestDatabase::fresh(engine);
    LedgerDesk desk(where);
    std::vector<ledger::Account> accounts{ledger::clearing("ch", testing::currency("CNY"))};
    for (int at = 0; at < 100; ++at) {
        accounts.push_back(
            ledger::merchant("mch_01JD4M3H6Y8N1V7Q0X2K5" + std::to_string(at), testing::currency("CNY")));
    }
    (void)desk.run(accounts, [](db::Group&) {});
    struct Set {
        db::Rows facts, entries, postings, balances;
    };
    std::vector<Set> sets(static_cast<std::size_t>(groups));
    int number = 0;
    const std::string hash(64, 'a');
    for (Set& set : sets) {
        for (int at = 0; at < kGroup; ++at, ++number) {
            const std::string id = desk.ids.next("ent");
            const std::string source = "pay_01JD4M3H6Y8N1V7Q0X2K5R" + std::to_string(number);
            set.facts.add("test|" + source + "|collected", id);
            set.entries.add(id, 1, number + 1, hash, hash, 1, 1, 20261120, 20261120, "test", source, "collected",
                            "system", "", "", "");
            set.postings.add(id, 1, accounts[0].id(), "debit", 1234, "CNY");
            set.postings.add(id, 2, accounts[static_cast<std::size_t>(number % 100) + 1].id(), "credit", 1234, "CNY");
        }
        for (const auto& account : accounts) set.balances.add(account.id(), 1234, 0);
    }
    const auto start = std::chrono::steady_clock::now();
    for (const Set& set : sets) {
        desk.database.write([&](db::Tx& tx) {
            tx.insert({"entry_fact", "fact_key, entry_id", "tt"}, set.facts);
            tx.insert(
                {"journal_entry",
                 "id, slot, seq, prev_hash, hash, booked_at, occurred_at, business_date, value_date, source_type, "
                 "source_id, kind, actor, request_id, reverses, reason",
                 "tiittiiiittttttt"},
                set.entries);
            tx.insert({"posting", "entry_id, line_no, account_id, direction, amount_minor, currency", "tittit"},
                      set.postings);
            tx.update({"account", "id", "+balance_minor, +held_minor", "tii"}, set.balances);
        });
    }
    return per_second(number, start);
}

}  // namespace

int main(int argc, char** argv) {
    doctest::Context context;
    context.setAsDefaultForAssertsOutOfTestCases();
    context.setAssertHandler([](const doctest::AssertData& data) {
        if (data.m_failed) throw std::runtime_error(data.m_expr);
    });
    std::ifstream file("config/currencies.csv");
    std::stringstream text;
    text << file.rdbuf();
    CurrencyTable::install(CurrencyTable::parse(text.str()).value());
    const bool is_mariadb = argc > 1 && std::string_view(argv[1]) == "mariadb";
    const int groups = argc > 2 ? std::atoi(argv[2]) : 40;
    const bool books_only = argc > 3 && std::string_view(argv[3]) == "books";
    const db::Engine engine = is_mariadb ? db::Engine::MariaDb : db::Engine::Sqlite;
    const double hand = books_only ? 0 : by_hand(engine, groups);
    const double ours = by_ledger(engine, groups);
    std::cout << (is_mariadb ? "mariadb" : "sqlite") << ": ";
    if (!books_only) std::cout << "bare statements " << static_cast<int>(hand) << " entries/s, ";
    std::cout << "through the books " << static_cast<int>(ours) << " entries/s";
    if (!books_only) std::cout << ", ratio " << ours / hand;
    std::cout << '\n';
    return 0;
}
