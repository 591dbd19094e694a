// What the db room costs beside the bare clients: the same rows of an order (13: order, number, two persons, payment,
// entry, entry key, two postings, call, event, two balances), in the same groups, once by a write queue and once by
// prepared statements of sqlite3, or by multi-row statements of the MariaDB client. Prints orders a second.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <mysql.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "src/db/lock_ranks.h"
#include "src/db/migration_text.h"
#include "src/db/migrations.h"
#include "src/db/write_queue.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace huiqiao::db;

namespace {

struct Table {
    const char* name;
    const char* columns;
    const char* kinds;
    bool claimed;
};

// Twelve columns at most; the key first. Claims have their owner second.
const std::vector<Table> kTables{
    {"b_order_number", "number, owner", "tt", true},
    {"b_entry_key", "fact, owner", "tt", true},
    {"b_order", "id, platform, number, state, currency, due, paid, funded, fee, created_at, expires_at", "tttttiiiiii",
     false},
    {"b_person", "id, kind, sealed, name_index", "tttt", false},
    {"b_payment", "id, owner, state, reference, amount, created_at", "ttttii", false},
    {"b_entry", "id, kind, source, hash, slot, seq, booked_at, business_date", "ttttiiii", false},
    {"b_posting", "id, entry, account, side, amount", "ttttI", false},
    {"b_call", "id, operation, subject, request, state, due_at", "tttttI", false},
    {"b_event", "id, subject, kind, payload, sequence, due_at", "ttttiI", false},
};

std::vector<Migration> schema() {
    std::vector<Migration> all{built_in_migrations().front()};
    std::string text =
        "CREATE TABLE b_account (id {id} NOT NULL PRIMARY KEY, owner {id} NOT NULL DEFAULT '', balance {int} "
        "NOT NULL DEFAULT 0) {table_end};\n";
    for (const Table& table : kTables) {
        text += std::string("CREATE TABLE ") + table.name + " (";
        const std::string columns = table.columns;
        const std::string kinds = table.kinds;
        std::size_t from = 0;
        for (std::size_t at = 0; at < kinds.size(); ++at) {
            const std::size_t comma = columns.find(',', from);
            const std::string name = columns.substr(from, comma - from);
            const char kind = kinds[at];
            const bool large = name == " sealed" || name == " payload" || name == " request";
            text += name + (kind == 'i' || kind == 'I' ? " {int}" : large ? " {text}" : at == 0 ? " {key}" : " {id}");
            text += at == 0       ? " NOT NULL PRIMARY KEY"
                    : kind == 'I' ? " NULL"
                    : kind == 'i' ? " NOT NULL DEFAULT 0"
                                  : " NOT NULL DEFAULT ''";
            text += at + 1 == kinds.size() ? ")" : ",";
            from = comma + 1;
        }
        text += " {table_end};\n";
    }
    text += "CREATE INDEX b_posting_by_account ON b_posting (account);\n";
    all.push_back({901, "901_bench", text});
    return all;
}

std::string id(const char* prefix, std::int64_t n) {
    char text[40];
    std::snprintf(text, sizeof text, "%s_01JD4M3H6Y8N1V%012lld", prefix, static_cast<long long>(n));
    return text;
}

const std::string kSealed(180, 'S');

template <class Add>
void order_rows(std::int64_t n, Add&& add) {
    const std::string order = id("ord", n);
    const std::string entry = id("ent", n);
    add(0, "plt_1|" + order, order);
    add(1, "order|" + order + "|created", entry);
    add(2, order, "plt_1", "KJ-" + order, "awaiting_payment", "CNY", n, 0, 0, 0, n, n + 7200);
    for (int person = 0; person < 2; ++person) add(3, id(person == 0 ? "buy" : "pay", n), "buyer", kSealed, order);
    add(4, id("pmt", n), order, "created", "REF" + order, n, n);
    add(5, entry, "collected", order, std::string(64, 'a'), 1, n, n, 20260512);
    for (int side = 0; side < 2; ++side) {
        add(6, id(side == 0 ? "psd" : "psc", n), entry, id("acc", side == 0 ? 0 : 1 + n % 100),
            side == 0 ? "debit" : "credit", n);
    }
    add(7, id("cal", n), "channel.order", order, std::string(64, 'b'), "prepared", n);
    add(8, id("evt", n), order, "order.created", kSealed, 1, n);
}

struct Batch : Item {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

class Intake : public Operation {
 public:
    struct Writing : Work {
        std::vector<const Batch*> batches;
        std::vector<Rows> rows{kTables.size()};
        std::map<std::string, std::int64_t> sums;
        static const Claim& claim_of(std::size_t table) {
            static const Claim number{{kTables[0].name, kTables[0].columns, kTables[0].kinds}};
            static const Claim fact{{kTables[1].name, kTables[1].columns, kTables[1].kinds}};
            return table == 0 ? number : fact;
        }
        static const LockTable& lock_table() {
            static const LockTable table{lock_rank::kAccount,
                                         "SELECT id FROM b_account WHERE id IN (:list) ORDER BY id"};
            return table;
        }
        static const Claim& account() {
            static const Claim claim{{"b_account", "id, owner, balance", "tti"}, true};
            return claim;
        }
        void claim(Claims& claims) override {
            for (const Batch* batch : batches) {
                for (std::int64_t n = batch->first; n < batch->first + batch->count; ++n) {
                    order_rows(n, [&](std::size_t table, auto&&... values) {
                        if constexpr (sizeof...(values) == 2) {
                            claims.add(claim_of(table), std::forward<decltype(values)>(values)...);
                        } else {
                            rows[table].add(std::forward<decltype(values)>(values)...);
                        }
                    });
                    sums[id("acc", 0)] += n;
                    sums[id("acc", 1 + n % 100)] += n;
                }
            }
            for (const auto& [account_id, sum] : sums) claims.add(account(), account_id, "", 0);
        }
        void lock(Locks& locks) override {
            for (const auto& [account_id, sum] : sums) locks.add(lock_table(), account_id);
        }
        void run(Group& group) override {
            for (std::size_t at = 2; at < kTables.size(); ++at) {
                group.tx.insert({kTables[at].name, kTables[at].columns, kTables[at].kinds}, rows[at]);
            }
            Rows changes;
            for (const auto& [account_id, sum] : sums) changes.add(account_id, sum);
            group.tx.update({"b_account", "id", "+balance", "ti"}, changes);
        }
    };
    std::string_view name() const override { return "intake"; }
    std::unique_ptr<Work> begin(std::span<const std::shared_ptr<Item>> items) override {
        auto work = std::make_unique<Writing>();
        for (const auto& item : items) work->batches.push_back(static_cast<const Batch*>(item.get()));
        return work;
    }
};

void must(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "failed: %s\n", what);
    std::exit(1);
}

using Run = std::function<void(std::int64_t first, std::int64_t count)>;

double orders_a_second(const Run& run, std::int64_t& next, std::int64_t group, std::int64_t groups) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::int64_t at = 0; at < groups; ++at, next += group) run(next, group);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(group * groups) / took.count();
}

Run by_sqlite3(sqlite3* handle) {
    auto statements = std::make_shared<std::vector<sqlite3_stmt*>>();
    for (const Table& table : kTables) {
        std::string text = std::string("INSERT INTO ") + table.name + " (" + table.columns + ") VALUES (?";
        for (std::size_t at = 1; at < std::string(table.kinds).size(); ++at) text += ",?";
        text += table.claimed ? ") ON CONFLICT DO NOTHING" : ")";
        statements->push_back(nullptr);
        must(sqlite3_prepare_v3(handle, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statements->back(), nullptr) ==
                 SQLITE_OK,
             "prepare");
    }
    sqlite3_stmt* absent = nullptr;
    sqlite3_stmt* balance = nullptr;
    sqlite3_stmt* slot = nullptr;
    sqlite3_prepare_v2(handle, "INSERT INTO b_account (id) VALUES (?) ON CONFLICT DO NOTHING", -1, &absent, nullptr);
    sqlite3_prepare_v2(handle, "UPDATE b_account SET balance = balance + ? WHERE id = ?", -1, &balance, nullptr);
    sqlite3_prepare_v2(handle, "UPDATE writer_slot SET group_no = group_no + 1 WHERE number = 1", -1, &slot, nullptr);
    return [=](std::int64_t first, std::int64_t count) {
        sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
        std::map<std::string, std::int64_t> sums;
        const auto bind = [](sqlite3_stmt* statement, int at, const auto& value) {
            if constexpr (std::is_integral_v<std::decay_t<decltype(value)>>) {
                sqlite3_bind_int64(statement, at, static_cast<sqlite3_int64>(value));
            } else {
                const std::string_view text(value);
                sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
            }
        };
        for (std::int64_t n = first; n < first + count; ++n) {
            order_rows(n, [&](std::size_t table, const auto&... values) {
                sqlite3_stmt* statement = (*statements)[table];
                int at = 0;
                (bind(statement, ++at, values), ...);
                must(sqlite3_step(statement) == SQLITE_DONE, "step");
                sqlite3_reset(statement);
            });
            sums[id("acc", 0)] += n;
            sums[id("acc", 1 + n % 100)] += n;
        }
        for (const auto& [account, sum] : sums) {
            bind(absent, 1, account);
            sqlite3_step(absent);
            sqlite3_reset(absent);
            bind(balance, 1, sum);
            bind(balance, 2, account);
            sqlite3_step(balance);
            sqlite3_reset(balance);
        }
        sqlite3_step(slot);
        sqlite3_reset(slot);
        must(sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK, "commit");
    };
}

Run by_mariadb_client(MYSQL* handle) {
    return [=](std::int64_t first, std::int64_t count) {
        const auto query = [&](const std::string& text) {
            if (mysql_real_query(handle, text.data(), text.size()) != 0) {
                std::fprintf(stderr, "%s\n", mysql_error(handle));
                std::exit(1);
            }
        };
        query("START TRANSACTION");
        std::vector<std::string> texts;
        for (const Table& table : kTables) {
            texts.push_back(std::string(table.claimed ? "INSERT IGNORE INTO " : "INSERT INTO ") + table.name + " (" +
                            table.columns + ") VALUES ");
        }
        std::map<std::string, std::int64_t> sums;
        for (std::int64_t n = first; n < first + count; ++n) {
            order_rows(n, [&](std::size_t table, const auto&... values) {
                std::string& text = texts[table];
                text += text.back() == ')' ? ",(" : "(";
                const auto put = [&](const auto& value) {
                    if constexpr (std::is_integral_v<std::decay_t<decltype(value)>>) {
                        text += std::to_string(value);
                    } else {
                        const std::string_view plain(value);
                        std::string escaped(plain.size() * 2 + 1, '\0');
                        escaped.resize(mysql_real_escape_string(handle, escaped.data(), plain.data(), plain.size()));
                        text += "'" + escaped + "'";
                    }
                    text += ',';
                };
                (put(values), ...);
                text.back() = ')';
            });
            sums[id("acc", 0)] += n;
            sums[id("acc", 1 + n % 100)] += n;
        }
        for (const std::string& text : texts) query(text);
        std::string absent = "INSERT INTO b_account (id, balance) VALUES ";
        for (const auto& [account, sum] : sums) absent += "('" + account + "'," + std::to_string(sum) + "),";
        absent.pop_back();
        query(absent + " ON DUPLICATE KEY UPDATE balance = balance + VALUES(balance)");
        query("UPDATE writer_slot SET group_no = group_no + 1 WHERE number = 1");
        query("COMMIT");
    };
}

void compare(const char* engine, std::int64_t group, const Run& ours, const Run& bare, std::int64_t& next) {
    const std::int64_t groups = std::max<std::int64_t>(20'000 / group / 4, group == 1 ? 2'000 : 10);
    std::vector<double> ratios;
    double best_ours = 0;
    double best_bare = 0;
    for (int round = 0; round < 5; ++round) {  // in turn, so that both see the same machine
        const double mine = orders_a_second(ours, next, group, groups);
        const double theirs = orders_a_second(bare, next, group, groups);
        best_ours = std::max(best_ours, mine);
        best_bare = std::max(best_bare, theirs);
        ratios.push_back(mine / theirs);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf("%-8s groups of %4lld: write queue %8.0f/s  bare client %8.0f/s  ratio (median of 5) %.2f\n", engine,
                static_cast<long long>(group), best_ours, best_bare, ratios[2]);
    std::fflush(stdout);
}

void bench(DatabaseSettings settings, const char* engine, const Run& bare) {
    const SystemClock clock;
    SeededRandom random(1);
    IdSource ids(clock, random);
    Database database(std::move(settings), clock);
    must(migrate(database, schema()).ok(), "migrate");
    WriteQueue queue(database, clock, ids, {.group_weight = 1000});
    Intake intake;
    std::int64_t next = 0;
    const Run ours = [&](std::int64_t first, std::int64_t count) {
        auto batch = std::make_shared<Batch>();
        batch->first = first;
        batch->count = count;
        must(queue.run(intake, std::move(batch)).ok(), "write queue");
    };
    for (const std::int64_t group : {1, 100, 500}) compare(engine, group, ours, bare, next);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string directory = argc > 1 ? argv[1] : ".";
    const std::string path = directory + "/bench_db.sqlite";
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    {
        DatabaseSettings settings;
        settings.path = path;
        sqlite3* handle = nullptr;
        must(sqlite3_open(path.c_str(), &handle) == SQLITE_OK, "open");
        sqlite3_exec(handle,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA "
                     "cache_size=-65536; PRAGMA wal_autocheckpoint=32000; PRAGMA recursive_triggers=ON",
                     nullptr, nullptr, nullptr);
        Run bare;
        bench(std::move(settings), "SQLite", [&](std::int64_t first, std::int64_t count) {
            if (!bare) bare = by_sqlite3(handle);
            bare(first, count);
        });
    }
    auto on = huiqiao::testing::TestDatabase::fresh(Engine::MariaDb);
    const DatabaseSettings settings = on.settings();
    MYSQL* handle = mysql_init(nullptr);
    must(mysql_real_connect(handle, nullptr, "root", "", settings.name.c_str(), 0, settings.socket.c_str(), 0) !=
             nullptr,
         "connect");
    bench(on.settings(), "MariaDB", by_mariadb_client(handle));
}
