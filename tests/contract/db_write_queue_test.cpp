#include <thread>

#include "src/db/business_day.h"
#include "tests/contract/db_desk.h"

using namespace db_desk;

TEST_CASE("a group of items commits once and answers each of them, in submit order") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        std::vector<std::shared_ptr<Item>> items;
        for (int at = 0; at < 100; ++at) items.push_back(desk.deposit("f" + std::to_string(at), "hot", 1));
        const std::vector<Status> answers = desk.queue->run(desk.deposits, items);
        for (std::size_t at = 0; at < items.size(); ++at) {
            CHECK(answers[at].ok());
            CHECK(static_cast<Deposit&>(*items[at]).balance_after == static_cast<std::int64_t>(at) + 1);
        }
        CHECK(desk.deposits.runs == 1);
        CHECK(desk.deposits.committed == 1);
        CHECK(desk.queue->counters().groups == 1);
        CHECK(desk.queue->counters().items == 100);
        CHECK(desk.balance("hot") == 100);
        CHECK(desk.number("SELECT group_no FROM writer_slot") == 1);
        CHECK(desk.number("SELECT seq FROM writer_slot") == 100);
    });
}

TEST_CASE("XCT-04 a repeated fact has one effect, within a group, later, and from another writer") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        std::vector<std::shared_ptr<Item>> items{desk.deposit("f", "p", 5), desk.deposit("f", "p", 5)};
        for (const Status& status : desk.queue->run(desk.deposits, items)) CHECK(status.ok());
        CHECK_FALSE(static_cast<Deposit&>(*items[0]).replayed);
        CHECK(static_cast<Deposit&>(*items[1]).replayed);
        const auto later = desk.deposit("f", "p", 5);
        const auto fresh = desk.deposit("g", "p", 5);
        const std::vector<std::shared_ptr<Item>> mixed{later, fresh};
        for (const Status& status : desk.queue->run(desk.deposits, mixed)) CHECK(status.ok());
        CHECK(later->replayed);
        CHECK_FALSE(fresh->replayed);
        WriteQueue other(desk.database, desk.clock, desk.ids, {});
        const auto elsewhere = desk.deposit("f", "p", 5);
        CHECK(other.run(desk.deposits, elsewhere).ok());
        CHECK(elsewhere->replayed);
        CHECK(desk.balance("p") == 10);
    });
}

TEST_CASE("who rests is told of each group that committed, after its callers have their answers, and of no other") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        int told = 0;
        int answered = 0;
        desk.queue->when_committed([&] {
            ++told;
            answered = static_cast<int>(desk.queue->counters().items);
        });
        CHECK(desk.queue->run(desk.deposits, desk.deposit("f", "p", 5)).ok());
        CHECK(told == 1);
        CHECK(answered == 1);
        desk.deposits.on_run = [](Deposit&) { throw LogicError("not today"); };
        CHECK_FALSE(desk.queue->run(desk.deposits, desk.deposit("g", "p", 5)).ok());
        CHECK(told == 1);
    });
}

TEST_CASE("many that one caller brings at once are one group, with a thread as well") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        desk.queue->start();
        std::vector<std::shared_ptr<Item>> items;
        for (int at = 0; at < 100; ++at) items.push_back(desk.deposit("f" + std::to_string(at), "hot", 1));
        for (const Status& status : desk.queue->run(desk.deposits, items)) CHECK(status.ok());
        CHECK(desk.queue->counters().groups == 1);
        desk.queue->stop();
    });
}

TEST_CASE("a row that is known to stand is not claimed again; one whose group was rolled back is") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        desk.deposits.on_run = [](Deposit&) { throw LogicError("not today"); };
        CHECK_FALSE(desk.queue->run(desk.deposits, desk.deposit("f", "p", 5)).ok());
        desk.deposits.on_run = [](Deposit&) {};
        CHECK(desk.queue->run(desk.deposits, desk.deposit("f", "p", 5)).ok());  // its purse is made now
        // Were it claimed again, the group would make it anew and go on; not claimed, its update finds nothing.
        desk.database.write([](Tx& tx) { tx.execute({"DELETE FROM purse WHERE id = 'p'"}); });
        CHECK_FALSE(desk.queue->run(desk.deposits, desk.deposit("g", "p", 5)).ok());
    });
}

TEST_CASE("T1 a caller is answered only after COMMIT") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const auto item = desk.deposit("f", "p", 5);
        const auto ticket = desk.queue->submit(desk.deposits, item);
        REQUIRE(ticket.ok());
        int looked = 0;
        {
            const Hook hook([&](std::string_view name) {
                if (name == "write_queue.before_publish") {
                    ++looked;
                    CHECK(desk.balance("p") == 5);  // durable and visible to others before the answer
                }
                if (name == "write_queue.before_commit") CHECK(desk.balance("p") == 0);
            });
            CHECK(desk.queue->wait(*ticket, far(desk)).ok());
        }
        CHECK(looked == 1);
    });
}

TEST_CASE("RSC-07 a poisonous item meets only its own caller, be it a bug or a value") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        for (const bool bug : {true, false}) {
            CAPTURE(bug);
            desk.deposits.on_run = [bug](Deposit& item) {
                if (item.amount != 13) return;
                if (bug) throw LogicError("thirteen");
                throw DatabaseError(Failure::Data, 1, "thirteen");
            };
            const std::string prefix = bug ? "bug" : "value";
            std::vector<std::shared_ptr<Item>> items;
            for (int at = 0; at < 20; ++at) {
                items.push_back(desk.deposit(prefix + std::to_string(at), prefix, at == 7 ? 13 : 1));
            }
            const std::vector<Status> answers = desk.queue->run(desk.deposits, items);
            for (std::size_t at = 0; at < items.size(); ++at) CHECK(answers[at].ok() == (at != 7));
            CHECK(answers[7].error().code == &db_error::kWriteFailed);
            CHECK(answers[7].error().effect == Effect::None);
            CHECK(desk.balance(prefix) == 19);
        }
        CHECK(desk.queue->counters().splits >= 2);
    });
}

TEST_CASE("a value that the engine refuses splits the group, too") {
    TestDatabase on = TestDatabase::fresh(Engine::MariaDb);
    Desk desk(on);
    std::vector<std::shared_ptr<Item>> items;
    for (int at = 0; at < 9; ++at) items.push_back(desk.deposit("f" + std::to_string(at), "p", 1));
    items[4] = desk.deposit(std::string(300, 'x'), "p", 1);
    const std::vector<Status> answers = desk.queue->run(desk.deposits, items);
    for (std::size_t at = 0; at < items.size(); ++at) CHECK(answers[at].ok() == (at != 4));
    CHECK(desk.balance("p") == 8);
}

TEST_CASE("an operation that needs one more row is run again with it locked") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        class Late : public Operation {
         public:
            struct Needs : Work {
                Locks* locks = nullptr;
                int& tries;
                explicit Needs(int& count) : tries(count) {}
                void claim(Claims& claims) override { claims.add(kPurse, "late", "", 0); }
                void lock(Locks& mine) override { locks = &mine; }
                void run(Group&) override {
                    ++tries;
                    if (!locks->has(kPurseLock, "late")) throw NeedLock{&kPurseLock, "late"};
                }
            };
            int tries = 0;
            std::string_view name() const override { return "late"; }
            std::unique_ptr<Work> begin(std::span<const std::shared_ptr<Item>>) override {
                return std::make_unique<Needs>(tries);
            }
        } late;
        CHECK(desk.queue->run(late, std::make_shared<Item>()).ok());
        CHECK(late.tries == 2);
        CHECK(desk.queue->counters().reruns == 1);
    });
}

TEST_CASE("conflicts run the whole group again, within a bound") {
    each_engine([](TestDatabase& on) {
        Desk desk(on, {.runs = 4});
        int failures = 3;
        desk.deposits.on_run = [&](Deposit&) {
            if (failures-- > 0) throw DatabaseError(Failure::Again, 1213, "deadlock");
        };
        CHECK(desk.queue->run(desk.deposits, desk.deposit("f", "p", 5)).ok());
        CHECK(desk.queue->counters().reruns == 3);
        CHECK(desk.balance("p") == 5);
        failures = 1000;
        const Status busy = desk.queue->run(desk.deposits, desk.deposit("g", "p", 5));
        REQUIRE_FALSE(busy.ok());
        CHECK(busy.error().code == &db_error::kBusy);
        CHECK(desk.balance("p") == 5);
    });
}

TEST_CASE("a ticket whose deadline passed before its group is withdrawn without effect") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const auto ticket = desk.queue->submit(desk.deposits, desk.deposit("f", "p", 5));
        REQUIRE(ticket.ok());
        const Status status = desk.queue->wait(*ticket, desk.clock.monotonic());
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().code == &db_error::kWithdrawn);
        CHECK(status.error().effect == Effect::None);
        CHECK(desk.queue->waiting() == 0);
        CHECK_FALSE(desk.queue->step());
        CHECK(desk.balance("p") == 0);
        CHECK(desk.deposits.runs == 0);
    });
}

TEST_CASE("a ticket whose deadline passes while its group runs is unknown, and may well be done") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const auto ticket = desk.queue->submit(desk.deposits, desk.deposit("f", "p", 5));
        REQUIRE(ticket.ok());
        {
            const Hook hook([&](std::string_view name) {
                if (name != "write_queue.before_commit") return;
                const Status status = desk.queue->wait(*ticket, desk.clock.monotonic());
                REQUIRE_FALSE(status.ok());
                CHECK(status.error().code == &db_error::kOutcomeUnknown);
                CHECK(status.error().effect == Effect::Unknown);
            });
            CHECK(desk.queue->step());
        }
        CHECK(desk.balance("p") == 5);
        CHECK(desk.queue->wait(*ticket, far(desk)).ok());
    });
}

TEST_CASE("stop() writes what waits; a queue that goes without it writes nothing more") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        REQUIRE(desk.queue->submit(desk.deposits, desk.deposit("f", "p", 1)).ok());
        desk.queue->stop();
        CHECK(desk.balance("p") == 1);
        desk.queue = std::make_unique<WriteQueue>(desk.database, desk.clock, desk.ids, WriteQueueSettings{});
        REQUIRE(desk.queue->submit(desk.deposits, desk.deposit("g", "p", 1)).ok());
        desk.queue.reset();
        CHECK(desk.balance("p") == 1);
    });
}

TEST_CASE("a full queue refuses at once, and takes again when it has room") {
    each_engine([](TestDatabase& on) {
        Desk desk(on, {.group_weight = 5, .waiting_weight = 10});
        std::vector<std::shared_ptr<Ticket>> tickets;
        for (int at = 0; at < 10; ++at) {
            const auto ticket = desk.queue->submit(desk.deposits, desk.deposit("f" + std::to_string(at), "p", 1));
            REQUIRE(ticket.ok());
            tickets.push_back(*ticket);
        }
        const auto refused = desk.queue->submit(desk.deposits, desk.deposit("g", "p", 1));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == &db_error::kQueueFull);
        CHECK(desk.queue->counters().refused == 1);
        CHECK(desk.queue->step());
        CHECK(desk.queue->waiting() == 5);
        CHECK(desk.queue->submit(desk.deposits, desk.deposit("g", "p", 1)).ok());
        CHECK(desk.queue->wait(tickets.back(), far(desk)).ok());
        CHECK(desk.queue->counters().groups == 2);
    });
}

TEST_CASE("CLK-01 time in a slot never goes back, and the first group opens the business date of Shanghai") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const auto first = desk.deposit("f", "p", 1);
        CHECK(desk.queue->run(desk.deposits, first).ok());
        CHECK(first->date == Date::parse("2026-05-12").value());
        desk.clock.set(start() - std::chrono::hours(24));
        const auto second = desk.deposit("g", "p", 1);
        CHECK(desk.queue->run(desk.deposits, second).ok());
        CHECK(second->at == start());
        CHECK(second->date == first->date);
        desk.clock.set(start() + std::chrono::hours(24));
        desk.queue->pass_time();
        CHECK(desk.number("SELECT passed_at FROM writer_slot") == to_us(start() + std::chrono::hours(24)));
        CHECK(desk.number("SELECT group_no FROM writer_slot") == 2);
        const auto third = desk.deposit("h", "p", 1);
        CHECK(desk.queue->run(desk.deposits, third).ok());
        CHECK(third->date == first->date);  // until the day is closed
    });
}

TEST_CASE("the day's close is alone in its group, and what comes after it has the next date") {
    each_engine([](TestDatabase& on) {
        class Close : public Operation {
         public:
            struct Closing : Work {
                bool closes_day() const override { return true; }
                void run(Group& group) override {
                    move_business_date(group.tx, group.business_date.plus_days(1), group.now);
                }
            };
            std::string_view name() const override { return "close_day"; }
            std::unique_ptr<Work> begin(std::span<const std::shared_ptr<Item>>) override {
                return std::make_unique<Closing>();
            }
        } close;
        Desk desk(on);
        const auto before = desk.deposit("f", "p", 1);
        std::vector<std::shared_ptr<Ticket>> tickets;
        tickets.push_back(desk.queue->submit(desk.deposits, before).value());
        tickets.push_back(desk.queue->submit(close, std::make_shared<Item>()).value());
        for (const auto& ticket : tickets) CHECK(desk.queue->wait(ticket, far(desk)).ok());
        CHECK(desk.queue->counters().groups == 2);
        CHECK(before->date == Date::parse("2026-05-12").value());
        const auto after = desk.deposit("g", "p", 1);
        CHECK(desk.queue->run(desk.deposits, after).ok());
        CHECK(after->date == Date::parse("2026-05-13").value());
        desk.database.read(
            [](Reader& reader) { CHECK(open_business_date(reader) == Date::parse("2026-05-13").value()); });
    });
}

TEST_CASE("many callers on threads are written in groups by one writer, and each has its answer") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        desk.queue->start();
        constexpr int kCallers = 8;
        constexpr int kEach = 40;
        std::atomic<int> done{0};
        std::vector<std::thread> callers;
        for (int caller = 0; caller < kCallers; ++caller) {
            callers.emplace_back([&, caller] {
                for (int at = 0; at < kEach; ++at) {
                    const std::string fact = std::to_string(caller) + "." + std::to_string(at);
                    if (desk.queue->run(desk.deposits, desk.deposit(fact, "hot", 1)).ok()) ++done;
                }
            });
        }
        for (std::thread& caller : callers) caller.join();
        desk.queue->stop();
        CHECK(done == kCallers * kEach);
        CHECK(desk.balance("hot") == kCallers * kEach);
        CHECK(desk.queue->counters().groups <= kCallers * kEach);
        CHECK(desk.queue->counters().items == kCallers * kEach);
    });
}
