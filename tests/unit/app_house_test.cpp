// What a start says to who cannot start.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "src/app/house.h"
#include "src/app/left_counterparties.h"
#include "src/app/lock_file.h"
#include "src/db/migration_text.h"
#include "src/db/migrations.h"

using namespace huiqiao;
using namespace huiqiao::app;

namespace {

namespace fs = std::filesystem;

struct Place {
    Place() : root(fs::temp_directory_path() / ("huiqiao-house-" + std::to_string(::getpid()))) {
        fs::remove_all(root);
        fs::create_directories(root);
    }
    ~Place() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    /// What a start with these keys complains of; empty where it starts.
    [[nodiscard]] std::string complaint() const {
        std::ostringstream said;
        std::streambuf* const before = std::cerr.rdbuf(said.rdbuf());
        const auto house = House::open({"config/huiqiao.conf",
                                        {"database.path=" + (root / "huiqiao.db").string(),
                                         "keys.directory=" + (root / "keys").string(), "keys.create=yes"}},
                                       true);
        std::cerr.rdbuf(before);
        CHECK((house == nullptr) == !said.str().empty());
        return said.str();
    }
    void put_key(const std::string& name, crypto::SignatureAlgorithm algorithm) const {
        crypto::SystemRandom random;
        crypto::KeyStore store(root / "keys", crypto::MissingKeys::Create, random);
        REQUIRE(store.signing_key(name, algorithm).ok());
    }
    fs::path root;
};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "a counterparty's key that is missing at the start is named, with its file and what to do, in both languages") {
    const Place place;
    struct Row {
        const char* file;
        const char* whose;
        const char* whose_zh;
        crypto::SignatureAlgorithm algorithm;
    };
    for (const Row& row :
         {Row{"sandbox_channel", "the channel sandbox-pay", "渠道 sandbox-pay", crypto::SignatureAlgorithm::Ed25519},
          Row{"sandbox_bank", "the bank sandbox-bank", "银行 sandbox-bank", crypto::SignatureAlgorithm::Ed25519},
          Row{"harbour_bank", "the bank harbour-bank", "银行 harbour-bank", crypto::SignatureAlgorithm::Ed25519},
          Row{"island_bank", "the bank island-bank", "银行 island-bank", crypto::SignatureAlgorithm::Ed25519},
          Row{"river_bank", "the bank river-bank", "银行 river-bank", crypto::SignatureAlgorithm::Ed25519},
          Row{"tower_bank", "the bank tower-bank", "银行 tower-bank", crypto::SignatureAlgorithm::Ed25519},
          Row{"sandbox_customs", "the single window", "单一窗口", crypto::SignatureAlgorithm::RsaSha1}}) {
        const std::string said = place.complaint();
        CAPTURE(said);
        CHECK(holds(said, std::string("without the public key of ") + row.whose));
        CHECK(holds(said, std::string("缺少") + row.whose_zh + "的公钥"));
        CHECK(holds(said, (place.root / "keys" / (std::string(row.file) + ".pub")).string()));
        CHECK(holds(said, "it is absent"));
        CHECK(holds(said, "文件不存在"));
        CHECK(holds(said, "huiqiao sandbox"));
        CHECK_FALSE(holds(said, "failed result"));
        place.put_key(row.file, row.algorithm);
    }
    CHECK(place.complaint().empty());
}

TEST_CASE("a schema is not brought up under a writer that is still at work on it, and both languages say what to do") {
    const Place place;
    SystemClock clock;
    const auto settings = [&] {
        db::DatabaseSettings of_place;
        of_place.path = (place.root / "huiqiao.db").string();
        return of_place;
    };
    const auto set_lease = [&](Instant until) {
        db::Database database(settings(), clock);
        database.write([&](db::Tx& tx) { tx.execute({"UPDATE writer_slot SET expires_at = :p1"}, {until}); });
    };
    {
        db::Database database(settings(), clock);
        std::vector<db::Migration> older = db::built_in_migrations();
        older.pop_back();
        REQUIRE(db::migrate(database, older).ok());
        database.write([&](db::Tx& tx) { tx.execute({"INSERT INTO writer_slot (number, owner) VALUES (1, 'w')"}); });
    }
    set_lease(clock.now() + std::chrono::seconds(60));
    const std::string said = place.complaint();
    CAPTURE(said);
    CHECK(holds(said, "1 writer(s) are still at work on it. Nothing was changed. Stop every 'serve'"));
    CHECK(holds(said, "仍有 1 个写入进程在使用它"));
    {
        db::Database database(settings(), clock);
        CHECK_FALSE(db::is_migrated(database));
    }
    set_lease(from_us(0));
    CHECK_FALSE(holds(place.complaint(), "still at work"));
    db::Database database(settings(), clock);
    CHECK(db::is_migrated(database));
    set_lease(clock.now() + std::chrono::seconds(60));
    CHECK_FALSE(holds(place.complaint(), "still at work"));  // nothing to change: a second one may start beside it
}

TEST_CASE("an older program beside a newer schema is told just that, whoever writes on it") {
    const Place place;
    SystemClock clock;
    db::DatabaseSettings settings;
    settings.path = (place.root / "huiqiao.db").string();
    {
        db::Database database(std::move(settings), clock);
        REQUIRE(db::migrate(database).ok());
        database.write([&](db::Tx& tx) {
            tx.execute({"INSERT INTO schema_version (number, name, finished) VALUES (999, 'later', 1)"});
            tx.execute({"INSERT INTO writer_slot (number, owner, expires_at) VALUES (1, 'w', :p1)"},
                       {clock.now() + std::chrono::seconds(60)});
        });
    }
    const std::string said = place.complaint();
    CAPTURE(said);
    CHECK(holds(said, "999"));
    CHECK_FALSE(holds(said, "Stop every 'serve'"));
}

TEST_CASE(
    "a counterparty that left the configuration while calls to it are open is named, with how many and what to do") {
    const Place place;
    REQUIRE_FALSE(place.complaint().empty());  // the database is made, keys are missing
    SystemClock clock;
    db::DatabaseSettings settings;
    settings.path = (place.root / "huiqiao.db").string();
    db::Database database(std::move(settings), clock);
    const auto add = [&](const char* id, const char* counterparty, db::Value due_at) {
        database.write([&](db::Tx& tx) {
            tx.execute({"INSERT INTO external_call (id, counterparty, state, due_at) VALUES (:p1, :p2, 'unsure', :p3)"},
                       {id, counterparty, due_at});
        });
    };
    Config config;
    config.counterparties.resize(1);
    config.counterparties.front().name = "sandbox-bank";
    const auto complaint = [&] {
        const Status checked = check_left_counterparties(database, config, "huiqiao.conf");
        return checked ? std::string() : checked.error().english() + checked.error().chinese();
    };
    add("c1", "sandbox-bank", 1);
    add("c2", "older-bank", db::Value());  // ended
    CHECK(complaint().empty());
    add("c3", "renamed-bank", 1);
    add("c4", "renamed-bank", 7);
    const std::string said = complaint();
    CAPTURE(said);
    CHECK(holds(said, "[counterparty renamed-bank]"));
    CHECK(holds(said, "2 call(s)"));
    CHECK(holds(said, "2 个"));
    CHECK_FALSE(holds(said, "older-bank"));
    // A question that never left keeps nobody: a bank that cannot be reached any more can be taken out.
    database.write([&](db::Tx& tx) {
        tx.execute({"UPDATE external_call SET state = 'prepared', operation = 'fx.rates' WHERE id = 'c3'"});
        tx.execute({"UPDATE external_call SET due_at = NULL WHERE id = 'c4'"});
    });
    CHECK(complaint().empty());
    database.write(
        [&](db::Tx& tx) { tx.execute({"UPDATE external_call SET operation = 'remittance.pay' WHERE id = 'c3'"}); });
    CHECK(holds(complaint(), "1 call(s)"));
}

TEST_CASE("DB-06 a second service on a SQLite file is refused while the first holds its lock, and not after") {
    const auto file = std::filesystem::temp_directory_path() / ("huiqiao-serve-lock-" + std::to_string(::getpid()));
    {
        const Result<LockFile> first = LockFile::take(file);
        REQUIRE(first.ok());
        const Result<LockFile> second = LockFile::take(file);
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().code == &app_error::kServedElsewhere);
    }
    CHECK(LockFile::take(file).ok());
    std::filesystem::remove(file);
}
