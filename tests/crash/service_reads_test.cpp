// DB-04 over the service's HTTP: reads that do not come back take all connections of the requests. Who comes then is
// refused within the limit; who writes, and the workers who settle, have connections of their own and go on.

#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <future>

#include "tests/crash/faulty_machine.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace huiqiao::crash;
using namespace std::chrono_literals;

namespace {

constexpr int kReaders = 8;  // connections of the requests (DatabaseSettings::readers)
constexpr int kCallers = kReaders + 6;
constexpr int kLook_ms = 20;
constexpr auto kPatience = 90s;

template <class F>
bool comes_true(const Clock& clock, const F& so) {
    const Monotonic until = clock.monotonic() + kPatience;
    while (clock.monotonic() < until) {
        if (so()) return true;
        ::poll(nullptr, 0, kLook_ms);
    }
    return false;
}

std::int64_t number(app::House& house, std::string_view sql) {
    std::int64_t value = 0;
    house.app->parts().database.read([&](db::Reader& reader) { value = reader.select({sql, "i"}).integer(0, 0); });
    return value;
}

/// Keys of platforms, which only requests read, locked by a client of the database that then sleeps.
class LockedTable {
 public:
    explicit LockedTable(CrashStage& stage, app::House& house) : stage_(stage), house_(house) {
        locked_ = std::async(std::launch::async, [this] {
            try {
                stage_.world().mariadb().run("LOCK TABLES huiqiao.platform_key WRITE; DO SLEEP(600)");
            } catch (const std::runtime_error&) {
                // It was ended: that is how it ends.
            }
        });
        REQUIRE(comes_true(stage_.world().clock(), [this] { return sleeper() != 0; }));
    }
    ~LockedTable() { unlock(); }
    void unlock() {
        if (!locked_.valid()) return;
        stage_.world().mariadb().run("KILL " + std::to_string(sleeper()));
        locked_.get();
    }

 private:
    std::int64_t sleeper() {
        return number(house_,
                      "SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'");
    }
    CrashStage& stage_;
    app::House& house_;
    std::future<void> locked_;
};

}  // namespace

TEST_CASE("DB-04 T13 with every reading connection stuck requests get 503 in time, and settling and notices go on") {
    const std::filesystem::path directory = testing::fresh_directory("readers");
    {
        CrashStage stage({.directory = directory / "stage",
                          .start = Date::of_number(kFirstDay).at_shanghai(9),
                          .on_mariadb = true,
                          .program = HUIQIAO_PROGRAM},
                         1);
        REQUIRE(submit_one(stage, "READS-1").answer.status == 201);
        stage.world().settle();
        const auto house = stage.open_house();
        crypto::SystemRandom random;
        crypto::KeyStore keys(stage.world().directory() / "keys", crypto::MissingKeys::Refuse, random);
        const std::string answers =
            keys.signing_key("answers", crypto::SignatureAlgorithm::Ed25519)->verify_key().pem();
        std::vector<std::unique_ptr<Sender>> callers;
        for (int at = 0; at < kCallers; ++at) {
            callers.push_back(std::make_unique<Sender>(
                "plt_bluewhale", keys.signing_key("plt_bluewhale", crypto::SignatureAlgorithm::Ed25519).value(),
                answers, stage.world().clock(), stage.world().url("platforms"), sample_orders("plt_bluewhale"), 1));
        }
        const auto ask = [](Sender& caller) { return caller.platform().send(http::Method::Get, "/v1/orders"); };

        LockedTable locked(stage, *house);
        std::atomic<int> refused{0};
        std::vector<std::future<http::Outcome>> asked;
        for (const auto& caller : callers) {
            asked.push_back(std::async(std::launch::async, [&] {
                http::Outcome outcome = ask(*caller);
                if (outcome.kind == http::OutcomeKind::Answered && outcome.answer.status == 503) ++refused;
                return outcome;
            }));
        }
        // Those for whom no connection was left know it while the others still wait.
        CHECK(comes_true(stage.world().clock(), [&] { return refused >= kCallers - kReaders; }));
        // The buyer pays: the channel's notice is taken, and the payment booked, by connections that are not theirs.
        stage.world().advance(5min);
        CHECK(number(*house, "SELECT COUNT(*) FROM payment WHERE state = 'succeeded'") == 1);
        CHECK(number(*house, "SELECT COUNT(*) FROM notice") == 1);
        locked.unlock();

        for (auto& each : asked) {
            const http::Outcome outcome = each.get();
            REQUIRE(outcome.kind == http::OutcomeKind::Answered);
            const int status = outcome.answer.status;
            CHECK((status == 200 || status == 503));
            if (status != 503) continue;
            CHECK(outcome.answer.headers.only("Retry-After") != nullptr);
            CHECK(outcome.answer.body.find("\"effect\":\"none\"") != std::string::npos);
        }
        stage.world().await("operators");
        for (const auto& caller : callers) CHECK(ask(*caller).answer.status == 200);
    }
    std::filesystem::remove_all(directory);
}
