// Loops around steps, on one thread: what throws rests alone, what is idle says so; and the demo's clock.

#include <doctest/doctest.h>

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "src/app/machine_watch.h"
#include "src/app/stepped_clock.h"
#include "src/app/workers.h"
#include "src/base/error.h"
#include "src/db/database.h"

using namespace huiqiao;
using namespace huiqiao::app;
using namespace std::chrono_literals;

TEST_CASE("a worker that throws is told of and left alone for a growing while; the others go on") {
    ManualClock clock(from_us(1'000'000'000));
    int bad = 0;
    int good = 0;
    std::vector<std::string> told;
    Workers workers(
        clock,
        {{"bad",
          [&](Instant) -> int {
              ++bad;
              throw std::runtime_error("no bank");
          }},
         {"good", [&](Instant) { return ++good; }}},
        [] { return false; },
        [&](const std::string& worker, const std::string& what) { told.push_back(worker + ": " + what); });
    workers.round();
    workers.round();
    CHECK(bad == 1);
    CHECK(good == 2);
    clock.advance(150ms);
    workers.round();
    CHECK(bad == 2);
    clock.advance(150ms);  // its second pause is longer
    workers.round();
    CHECK(bad == 2);
    clock.advance(100ms);
    workers.round();
    CHECK(bad == 3);
    CHECK(told == std::vector<std::string>(3, "bad: no bank"));
}

TEST_CASE(
    "workers are idle at an instant only where a whole round did nothing, failed nothing and nothing is under way") {
    ManualClock clock(from_us(5'000'000));
    int left = 1;
    bool busy = true;
    Workers workers(
        clock, {{"one", [&](Instant) { return left > 0 ? left-- : 0; }}}, [&] { return busy; },
        [](const std::string&, const std::string&) {});
    CHECK(workers.round() == 1);
    CHECK(workers.idle_at_us() == 0);
    CHECK(workers.round() == 0);
    CHECK(workers.idle_at_us() == 0);  // an answer is awaited
    busy = false;
    workers.round();
    CHECK(workers.idle_at_us() == 5'000'000);
    left = 1;
    workers.round();
    CHECK(workers.idle_at_us() == 0);
    CHECK(workers.rounds() == 4);
    CHECK(workers.done() == 2);
}

TEST_CASE("RSC-01 a step that stands still is told by its worker's name after 2 s and makes unready after 10 s") {
    ManualClock clock(from_us(1'000'000'000));
    std::vector<std::optional<api::Warning>> seen;
    const Workers* watched = nullptr;
    Workers workers(
        clock,
        {{"quick", [&](Instant) { return seen.emplace_back(warning_of(watched->running())).has_value() ? 1 : 0; }},
         {"slow",
          [&](Instant) -> int {
              for (const auto more : {1999ms, 1ms, 7999ms, 1ms}) {
                  clock.advance(more);
                  seen.push_back(warning_of(watched->running()));
              }
              throw std::runtime_error("no bank");
          }}},
        [] { return false; }, [](const std::string&, const std::string&) {});
    watched = &workers;
    CHECK_FALSE(workers.running().has_value());
    workers.round();
    CHECK_FALSE(workers.running().has_value());  // it threw, and is over
    REQUIRE(seen.size() == 5);
    CHECK_FALSE(seen[0].has_value());
    CHECK_FALSE(seen[1].has_value());
    REQUIRE(seen[2].has_value());
    CHECK_FALSE(seen[2]->unready);
    CHECK(seen[2]->what.code->text == "worker_stands");
    CHECK(seen[2]->what.english().find("'slow' has been in one step for 2 s") != std::string::npos);
    REQUIRE(seen[3].has_value());
    CHECK_FALSE(seen[3]->unready);
    REQUIRE(seen[4].has_value());
    CHECK(seen[4]->unready);
}

TEST_CASE("a webhook's dead name server is told, but it does not take the whole service away") {
    CHECK_FALSE(warning_of(RunningStep{"webhooks", 1s}).has_value());
    const auto standing = warning_of(RunningStep{"webhooks", 20s});
    REQUIRE(standing.has_value());
    CHECK(standing->what.english().find("'webhooks' has been in one step for 20 s") != std::string::npos);
    CHECK_FALSE(standing->unready);
    CHECK(warning_of(RunningStep{"calls", 20s})->unready);
}

TEST_CASE("the stepped clock stands, is seen by all who map it, moves forward only, and stands there again later") {
    const auto file = std::filesystem::temp_directory_path() / ("huiqiao-clock-" + std::to_string(::getpid()));
    std::filesystem::remove(file);
    const Instant start = Date::of_number(20260512).at_shanghai(9);
    SteppedClock::create(file, start);
    {
        SteppedClock mover(file);
        const SteppedClock reader(file);
        CHECK(reader.now() == start);
        mover.advance(90s);
        CHECK(reader.now() == start + 90s);
        CHECK_THROWS_AS(mover.advance(-1s), LogicError);
        CHECK_THROWS_AS(mover.advance_to(start), LogicError);
    }
    SteppedClock::create(file, start);
    CHECK(SteppedClock(file).now() == start + 90s);
    std::filesystem::remove(file);
    CHECK_THROWS_AS(SteppedClock{file}, std::runtime_error);
}

TEST_CASE("a resting round of workers ends when somebody wakes it, also where he does so during the round") {
    const SystemClock clock;
    std::mutex mutex;
    std::condition_variable changed;
    int rounds = 0;
    bool block = false;
    // Nothing but wake() ends this rest within the test's life.
    Workers workers(
        clock,
        {{"one",
          [&](Instant) {
              std::unique_lock lock(mutex);
              ++rounds;
              changed.notify_all();
              changed.wait(lock, [&] { return !block; });
              return 0;
          }}},
        [] { return false; }, [](const std::string&, const std::string&) {}, {.busy = 1ms, .idle = 1h});
    const auto reached = [&](int wanted) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 60s, [&] { return rounds >= wanted; });
    };
    workers.start();
    REQUIRE(reached(1));
    workers.wake();
    REQUIRE(reached(2));
    {
        const std::scoped_lock lock(mutex);
        block = true;
    }
    workers.wake();
    REQUIRE(reached(3));
    workers.wake();  // this round may have looked already
    {
        const std::scoped_lock lock(mutex);
        block = false;
    }
    changed.notify_all();
    CHECK(reached(4));
    workers.stop();
}

TEST_CASE("DB-03 while the database rests every worker rests, and a step that it refused is tried a second later") {
    ManualClock clock(from_us(1'000'000'000));
    bool resting = false;
    int tries = 0;
    Workers workers(
        clock,
        {{"one",
          [&](Instant) -> int {
              ++tries;
              if (tries == 1) throw db::DatabaseError(db::Failure::Lost, 13, "full");
              return 1;
          }}},
        [] { return false; }, [](const std::string&, const std::string&) {}, {}, [&] { return resting; });
    workers.round();
    workers.round();
    CHECK(tries == 1);
    resting = true;
    clock.advance(1s);
    for (int round = 0; round < 50; ++round) CHECK(workers.round() == 0);
    CHECK(tries == 1);
    CHECK(workers.idle_at_us() == 0);  // not idle: it could not look
    resting = false;
    CHECK(workers.round() == 1);
    CHECK(tries == 2);
}

namespace {

/// Two times that move each by itself.
class TwoTimes final : public Clock {
 public:
    [[nodiscard]] Instant now() const override { return wall; }
    [[nodiscard]] Monotonic monotonic() const override { return steady; }
    Instant wall = from_us(1'000'000'000);
    Monotonic steady{1'000'000};
};

}  // namespace

TEST_CASE("CLK-01 a wall clock that jumps either way is counted and told for an hour; its small steps are not") {
    TwoTimes clock;
    MachineWatch watch(clock, true, [] { return Descriptors{10, 1000}; });
    watch.look();
    clock.wall += 3600s;
    clock.steady += 3600s;
    watch.look();
    CHECK(watch.warnings().empty());
    clock.wall += 2s;  // a time service that steps
    watch.look();
    CHECK(watch.clock_jumps() == 0);
    for (const auto jump : {3600s, -86400s}) {
        clock.wall += jump;
        watch.look();
        CHECK(watch.last_jump_s() == jump.count());
        REQUIRE(watch.warnings().size() == 1);
        CHECK(watch.warnings().front().english().find(std::to_string(jump.count()) + " s") != std::string::npos);
    }
    CHECK(watch.clock_jumps() == 2);
    clock.steady += MachineWatch::kTold;
    clock.wall += MachineWatch::kTold;
    watch.look();
    CHECK(watch.warnings().empty());
}

TEST_CASE("descriptors that are nearly used up, or all used up, are told with their numbers") {
    const TwoTimes clock;
    std::optional<Descriptors> now = Descriptors{900, 1000};
    const MachineWatch watch(clock, false, [&] { return now; });
    CHECK(watch.warnings().empty());
    now = Descriptors{990, 1000};
    REQUIRE(watch.warnings().size() == 1);
    CHECK(watch.warnings().front().code->text == "too_few_descriptors");
    CHECK(watch.warnings().front().english().find("990 of 1000") != std::string::npos);
    now.reset();
    CHECK(watch.warnings().size() == 1);
    const auto ours = descriptors_now();
    REQUIRE(ours.has_value());
    CHECK(ours->open >= 3);
    CHECK(ours->limit > ours->open);
}
