#include "tests/sim/simulation.h"

#include <sqlite3.h>

#include <deque>

#include "src/base/sometimes.h"
#include "tests/sim/broken.h"
#include "tests/sim/joined_books.h"
#include "tests/sim/judge.h"
#include "tests/sim/weather.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

namespace {

constexpr std::size_t kLastEvents = 200;
constexpr std::size_t kMostOfAnEvent = 300;
constexpr int kStepsBetweenLooks = 6;  // whether everything has ended
constexpr std::int64_t kDaysToFinish_s = 30 * 86'400;

/// A run is one thread, and nobody but this process opens its files: SQLite need not lock its own structures, count
/// what it allocates, ask the kernel for a lock at every BEGIN, nor share memory by a file. A tenth of a run's time.
int keep_sqlite_to_this_thread() {
    for (const int refused : {sqlite3_config(SQLITE_CONFIG_SINGLETHREAD), sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0),
                              sqlite3_initialize(), sqlite3_vfs_register(sqlite3_vfs_find("unix-excl"), 1)}) {
        if (refused != SQLITE_OK) return refused;
    }
    return SQLITE_OK;
}

/// What happened, in order: a running hash of all of it, and the end of it in words.
class Trace {
 public:
    explicit Trace(bool keep) : keep_(keep) {}
    void note(const std::string& line) {
        for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;  // FNV-1a
        last_.push_back(line.substr(0, keep_ ? line.size() : kMostOfAnEvent));
        if (!keep_ && last_.size() > kLastEvents) last_.pop_front();
    }
    [[nodiscard]] std::string hash() const {
        std::string text(16, '0');
        std::uint64_t left = hash_;
        for (std::size_t at = 16; at-- > 0; left >>= 4U) text[at] = "0123456789abcdef"[left & 15U];
        return text;
    }
    [[nodiscard]] std::vector<std::string> last() const { return {last_.begin(), last_.end()}; }

 private:
    bool keep_;
    std::uint64_t hash_ = 14'695'981'039'346'656'037ULL;
    std::deque<std::string> last_;
};

void live(World& world, Judge& judge) {
    JoinedBooks joined(world.desk(), world.banks());
    const auto require = [](const std::optional<std::string>& broken) {
        if (broken) throw Broken(*broken);
    };
    world.look = [&] {
        if (judge.look()) require(joined.look());
    };
    world.each_day = [&] {
        judge.each_day();
        require(joined.look_at_all());
    };
    world.on_send = [&](const http::OutgoingRequest& request, SimulatedClient::Network fate) {
        judge.look_at(request, fate);
    };
    world.live_through_faults();
    world.heal();
    // A house that was refused by its database a moment ago leaves it alone for a second, also when it is well again.
    while (world.desk().parts().queue.is_resting()) world.live_on();
    const std::int64_t healed_s = world.lived_seconds();
    std::vector<std::string> unfinished = judge.unfinished();
    while (!unfinished.empty()) {
        if (world.lived_seconds() - healed_s > kDaysToFinish_s) {
            for (const std::string& item : world.desk().texts(
                     "SELECT kind || ' of ' || subject_id FROM work_item WHERE open_key IS NOT NULL ORDER BY id"))
                world.desk().note("a person sees " + item);
            for (const std::string& account : world.desk().texts("SELECT id || ' has ' || balance_minor || ', held ' "
                                                                 "|| held_minor FROM account WHERE balance_minor "
                                                                 "<> 0 OR held_minor <> 0 ORDER BY id"))
                world.desk().note(account);
            throw Broken("thirty days after the last fault " + std::to_string(unfinished.size()) +
                         " things are neither final nor in a queue; the first: " + unfinished.front());
        }
        world.desk().note("awaited: " + std::to_string(unfinished.size()) + ", the first: " + unfinished.front());
        for (int steps = 0; steps < kStepsBetweenLooks; ++steps) world.live_on();
        unfinished = judge.unfinished();
    }
    judge.at_the_end();
    judge.exposure();
    require(joined.look_at_all());
}

}  // namespace

SimResult run(const SimSettings& settings) {
    static const int once = keep_sqlite_to_this_thread();
    if (once != SQLITE_OK) throw LogicError("SQLite could not be set up for one thread of one process");
    Trace trace(settings.keep_trace);
    Weather weather(settings.seed, settings.only);
    SimResult result;
    result.orders = settings.orders;
    install_marker_recorder([&](std::string_view marker) { ++result.markers[std::string(marker)]; });
    std::unique_ptr<World> world;
    try {
        world = std::make_unique<World>(settings, weather, [&](const std::string& line) { trace.note(line); });
        Judge judge(*world);
        live(*world, judge);
    } catch (const Broken& broken) {
        result.violation = broken.what();
    } catch (const std::exception& error) {
        result.violation = std::string("the house threw: ") + error.what();
    }
    if (world) {
        result.virtual_seconds = world->lived_seconds();
        result.crashes = world->desk().crashes();
        world->count_counterparty_faults();
        for (const SimBank& bank : world->banks()) result.banks.push_back(bank.deals);
        result.phone_deals = world->desk().number("SELECT COUNT(*) FROM phone_deal");
        result.locks_taken = world->desk().number("SELECT COUNT(*) FROM fx_held_lock");
        result.locks_drawn = world->desk().number("SELECT COUNT(*) FROM fx_held_lock WHERE drawn_minor > 0");
        trace.note(world->desk().order_states());
    }
    install_marker_recorder({});
    result.trace_hash = trace.hash();
    result.last_events = trace.last();
    result.drawn = weather.drawn();
    result.happened = weather.happened();
    return result;
}

}  // namespace huiqiao::testing::sim
