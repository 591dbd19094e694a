// A database that takes no writes: named, left alone between tries, and taken up again when its cause is gone.

#include "tests/contract/db_desk.h"

using namespace db_desk;
using namespace std::chrono_literals;

namespace {

struct Row {
    Engine engine;
    int number;
    Trouble trouble;
};

}  // namespace

TEST_CASE("DB-02 DB-03 an engine's error is a trouble with words for an operator, in both languages") {
    const Row rows[] = {{Engine::Sqlite, 13, Trouble::DiskFull},
                        {Engine::Sqlite, 8, Trouble::ReadOnly},
                        {Engine::Sqlite, 14, Trouble::Unreachable},
                        {Engine::Sqlite, 11, Trouble::Broken},
                        {Engine::Sqlite, 10, Trouble::Broken},
                        {Engine::MariaDb, 1021, Trouble::DiskFull},
                        {Engine::MariaDb, 1114, Trouble::DiskFull},
                        {Engine::MariaDb, 1030, Trouble::DiskFull},
                        {Engine::MariaDb, 1290, Trouble::ReadOnly},
                        {Engine::MariaDb, 1047, Trouble::ReadOnly},
                        {Engine::MariaDb, 1040, Trouble::TooManyConnections},
                        {Engine::MariaDb, 2002, Trouble::Unreachable},
                        {Engine::MariaDb, 2013, Trouble::Unreachable},
                        {Engine::Sqlite, 0, Trouble::Slow},
                        {Engine::MariaDb, 0, Trouble::Slow}};
    for (const Row& row : rows) {
        CAPTURE(row.number);
        CHECK(trouble_of(row.engine, row.number) == row.trouble);
    }
    std::set<std::string_view> texts;
    for (const Trouble trouble : kTroubles) {
        texts.insert(words_of(trouble).text);
        CHECK_FALSE(words_of(trouble).english.empty());
        CHECK_FALSE(words_of(trouble).chinese.empty());
    }
    CHECK(texts.size() == kTroubles.size());
}

TEST_CASE("DB-02 DB-03 a database that takes no writes is tried once a second, and who asks meanwhile is refused") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        CHECK(desk.queue->run(desk.deposits, desk.deposit("before", "p", 1)).ok());
        const int full = on.engine() == Engine::Sqlite ? 13 : 1021;
        int tries = 0;
        {
            const Hook hook([&](std::string_view name) {
                if (name != "write_queue.after_begin") return;
                ++tries;
                throw DatabaseError(Failure::Lost, full, "no space");
            });
            const Status first = desk.queue->run(desk.deposits, desk.deposit("f", "p", 1));
            REQUIRE_FALSE(first.ok());
            CHECK(first.error().code == &db_error::kDatabaseLost);
            CHECK(first.error().effect == Effect::None);
            CHECK(tries == 10);
            CHECK(desk.queue->health().trouble() == Trouble::DiskFull);
            for (int asked = 0; asked < 100; ++asked) {
                const auto refused = desk.queue->submit(desk.deposits, desk.deposit("f", "p", 1));
                REQUIRE_FALSE(refused.ok());
                CHECK(refused.error().code == &db_error::kDatabaseLost);
            }
            CHECK(tries == 10);
            CHECK(desk.queue->is_resting());
            // A second later it is tried once, not ten times.
            desk.clock.advance(WriterHealth::kRest);
            CHECK_FALSE(desk.queue->is_resting());
            CHECK_FALSE(desk.queue->run(desk.deposits, desk.deposit("f", "p", 1)).ok());
            CHECK(tries == 11);
        }
        desk.clock.advance(WriterHealth::kRest);
        CHECK(desk.queue->run(desk.deposits, desk.deposit("f", "p", 1)).ok());
        CHECK_FALSE(desk.queue->health().trouble().has_value());
        CHECK(desk.balance("p") == 2);
    });
}

TEST_CASE("what waits when the database fails is answered at once: one try, not one for each") {
    each_engine([](TestDatabase& on) {
        WriteQueueSettings settings;
        settings.group_weight = 1;
        Desk desk(on, settings);
        int tries = 0;
        const Hook hook([&](std::string_view name) {
            if (name != "write_queue.after_begin") return;
            ++tries;
            throw DatabaseError(Failure::Lost, on.engine() == Engine::Sqlite ? 13 : 1021, "no space");
        });
        std::vector<std::shared_ptr<Ticket>> tickets;
        for (int at = 0; at < 20; ++at)
            tickets.push_back(*desk.queue->submit(desk.deposits, desk.deposit("f" + std::to_string(at), "p", 1)));
        for (const auto& ticket : tickets) {
            const Status status = desk.queue->wait(ticket, far(desk));
            REQUIRE_FALSE(status.ok());
            CHECK(status.error().code == &db_error::kDatabaseLost);
        }
        CHECK(tries == 10);
    });
}

TEST_CASE("an idle writer's second try covers one broken connection; a database that is gone is named") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        WriterHealth health;
        CHECK_FALSE(health.is_resting(Monotonic(5)));
        health.failed(Trouble::Unreachable, Monotonic(5));
        CHECK(health.is_resting(Monotonic(6)));
        CHECK_FALSE(health.is_resting(Monotonic(5) + WriterHealth::kRest));
        CHECK(health.trouble() == Trouble::Unreachable);
        health.succeeded();
        CHECK_FALSE(health.trouble().has_value());
        CHECK(health.failures() == 1);
        desk.queue->pass_time();
        CHECK_FALSE(desk.queue->health().trouble().has_value());
    });
}

TEST_CASE("DB-04 no connection for reading comes free: it is said within the limit, and works again after") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        DatabaseSettings settings = on.settings();
        settings.readers = 1;
        settings.lease_timeout = 20ms;
        Database one_reader(std::move(settings), desk.clock);
        one_reader.read([&](Reader&) {
            try {
                one_reader.read([](Reader&) { FAIL("there was a second connection"); });
                FAIL("nothing was said");
            } catch (const DatabaseError& error) {
                CHECK(error.failure() == Failure::Lost);
            }
        });
        bool read = false;
        one_reader.read([&](Reader&) { read = true; });
        CHECK(read);
    });
}
