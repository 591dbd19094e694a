// When processes on a stepped clock count as at rest, and when as stuck.

#include <doctest/doctest.h>

#include "src/app/rest_watch.h"

using namespace huiqiao;
using namespace huiqiao::app;
using namespace std::chrono_literals;

namespace {

const Instant kNow = from_us(1'800'000'000'000'000);
const Monotonic kBegan{};
const std::int64_t kIdle = to_us(kNow);

std::map<std::string, std::optional<ProcessStanding>> both(std::optional<ProcessStanding> bank,
                                                           std::optional<ProcessStanding> service) {
    return {{"bank", bank}, {"operators", service}};
}

}  // namespace

TEST_CASE("processes rest once all are idle and have gone whole rounds with nothing done in them") {
    RestWatch watch(kNow, kBegan, 60s);
    CHECK(watch.look(both(ProcessStanding{0, 1, 5}, ProcessStanding{kIdle, 1, 5}), kBegan) == Rest::Waits);
    CHECK(watch.busy() == "bank");
    CHECK(watch.look(both(ProcessStanding{kIdle, 2, 6}, ProcessStanding{kIdle, 2, 5}), kBegan + 1s) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{kIdle, 4, 6}, ProcessStanding{kIdle, 3, 5}), kBegan + 2s) == Rest::Waits);
    // Something was done meanwhile: from here again.
    CHECK(watch.look(both(ProcessStanding{kIdle, 6, 7}, ProcessStanding{kIdle, 4, 5}), kBegan + 3s) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{kIdle, 8, 7}, ProcessStanding{kIdle, 6, 5}), kBegan + 4s) == Rest::Rests);
}

TEST_CASE("however long it takes, processes are waited for while anything is done") {
    RestWatch watch(kNow, kBegan, 60s);
    Monotonic at = kBegan;
    for (std::int64_t done = 0; done < 100; ++done, at += 50s)
        CHECK(watch.look(both(ProcessStanding{0, 0, done}, std::nullopt), at) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{0, 0, 99}, ProcessStanding{0, 9, 0}), at + 1s) == Rest::Waits);
    // All idle, and only the machine is slow to let them go round.
    CHECK(watch.look(both(ProcessStanding{kIdle, 1, 99}, ProcessStanding{kIdle, 10, 0}), at + 2s) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{kIdle, 1, 99}, ProcessStanding{kIdle, 10, 0}), at + 900s) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{kIdle, 3, 99}, ProcessStanding{kIdle, 12, 0}), at + 901s) == Rest::Rests);
}

TEST_CASE("processes are stuck where somebody is busy and nothing is done by anybody") {
    RestWatch watch(kNow, kBegan, 60s);
    CHECK(watch.look(both(ProcessStanding{0, 1, 5}, ProcessStanding{kIdle, 1, 5}), kBegan) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{0, 900, 5}, ProcessStanding{kIdle, 900, 5}), kBegan + 59s) == Rest::Waits);
    CHECK(watch.look(both(ProcessStanding{0, 999, 5}, ProcessStanding{kIdle, 999, 5}), kBegan + 60s) == Rest::Stuck);
    CHECK(watch.busy() == "bank");
}
