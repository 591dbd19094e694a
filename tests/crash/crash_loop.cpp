#include "tests/crash/crash_loop.h"

#include <poll.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <ostream>

namespace huiqiao::crash {

namespace {

using namespace std::chrono_literals;

constexpr int kMostCyclesADay = 40;
/// What is collected on the first morning is settled and bought for on the second and paid abroad after that: with
/// fewer of them nobody dies while a payment leaves.
constexpr int kFewestDays = 4;
constexpr int kTick_ms = 10;     // of the machine's time, between two moves of the clock under load
constexpr auto kTickMoves = 5s;  // of the world's time
constexpr auto kBetweenCycles = 3min;
constexpr std::uint64_t kShortestLoad_ms = 60;
constexpr std::uint64_t kLoadSpread_ms = 200;
constexpr int kProgressEvery = 10;
constexpr const char* kCounterparties[] = {"bank", "channel", "customs"};
constexpr const char* kEveryNoticeTwice = R"({"fault":"notice_twice","count":-1})";

class CrashLoop {
 public:
    explicit CrashLoop(const CrashPlan& plan)
        : plan_(plan),
          random_(plan.seed),
          stage_({.directory = plan.directory,
                  .start = Date::of_number(kFirstDay).at_shanghai(9),
                  .on_mariadb = plan.on_mariadb,
                  .program = plan.program},
                 plan.seed) {}

    CrashResult run() {
        const Monotonic began = world().clock().monotonic();
        world().fault("channel", kEveryNoticeTwice);
        const int days = std::max(kFewestDays, (plan_.cycles + kMostCyclesADay - 1) / kMostCyclesADay);
        int done = 0;
        for (int day = 0; day < days; ++day) {
            const int until = plan_.cycles * (day + 1) / days;
            die_through_the_morning(done, until);
            done = until;
            stage_.answer_everything();
            world().settle();
            if (day + 1 < days) stage_.live_through_night();
        }
        tell("the faults stop; the world lives on");
        result_.decided_by_persons = stage_.live_to_the_end();
        for (const auto& sender : stage_.senders()) {
            result_.unanswered += sender->tally().unanswered;
            result_.refused_for_now += sender->tally().refused_for_now;
            result_.replays_compared += sender->tally().replays_compared;
        }
        if (!ready_.empty()) {
            std::sort(ready_.begin(), ready_.end());
            result_.slowest_ready = ready_.back();
            result_.median_ready = ready_[ready_.size() / 2];
        }
        result_.verdict = judge(stage_);
        result_.took = std::chrono::duration_cast<std::chrono::seconds>(world().clock().monotonic() - began);
        return std::move(result_);
    }

 private:
    app::DemoWorld& world() { return stage_.world(); }
    void tell(const std::string& what) {
        if (plan_.progress != nullptr) *plan_.progress << "  " << what << std::endl;
    }

    void die_through_the_morning(int from, int until) {
        stage_.under_load([&] {
            for (int cycle = from; cycle < until; ++cycle) {
                one_cycle(cycle);
                if ((cycle + 1) % kProgressEvery != 0) continue;
                const auto slowest = ready_.empty() ? 0ms : *std::max_element(ready_.begin(), ready_.end());
                tell(fmt::format("{} of {} cycles; slowest restart so far {} ms", cycle + 1, plan_.cycles,
                                 slowest.count()));
            }
        });
    }

    void move_on(std::chrono::milliseconds real, std::chrono::seconds a_tick) {
        for (auto spent = 0ms; spent < real; spent += std::chrono::milliseconds(kTick_ms)) {
            ::poll(nullptr, 0, kTick_ms);
            world().clock().advance(a_tick);
        }
    }

    void one_cycle(int cycle) {
        move_on(std::chrono::milliseconds(kShortestLoad_ms + random_.below(kLoadSpread_ms)), kTickMoves);
        // The database dies alone, or with the service, or not at all; the service always where the database does not.
        const bool database_dies = plan_.on_mariadb && cycle % 3 != 2;
        const bool service_dies = !database_dies || cycle % 3 == 1;
        const bool counterparty_dies = random_.below(4) == 0;
        const std::string counterparty = kCounterparties[random_.below(3)];
        if (counterparty_dies) {
            world().kill(counterparty);
            ++result_.counterparty_kills;
            if (random_.below(2) == 0) move_on(20ms, kTickMoves);
        }
        if (database_dies) {
            world().mariadb().kill();
            ++result_.database_kills;
        }
        if (service_dies) {
            world().kill("operators");
            ++result_.service_kills;
        }
        if (database_dies) world().mariadb().restart();
        if (counterparty_dies) world().start(counterparty);
        const Monotonic started = world().clock().monotonic();
        if (service_dies) world().start("operators");
        world().await("operators");
        if (service_dies)
            ready_.push_back(
                std::chrono::duration_cast<std::chrono::milliseconds>(world().clock().monotonic() - started));
        if (counterparty_dies) {
            world().await(counterparty);
            if (counterparty == "channel") world().fault("channel", kEveryNoticeTwice);  // it forgot
        }
        world().clock().advance(kBetweenCycles);
    }

    const CrashPlan& plan_;
    SeededRandom random_;
    CrashStage stage_;
    std::vector<std::chrono::milliseconds> ready_;
    CrashResult result_;
};

}  // namespace

CrashResult run_crash_loop(const CrashPlan& plan) {
    return CrashLoop(plan).run();
}

void print(std::ostream& out, const CrashPlan& plan, const CrashResult& result) {
    const Verdict& verdict = result.verdict;
    const auto row = [&](const char* what, const auto& value) {
        out << fmt::format("| {:<52} | {:>8} |\n", what, value);
    };
    out << fmt::format("\n| {:<52} | {:>8} |\n|{:-<54}|{:->9}:|\n", "What", "Figure", "", "");
    row("engine", plan.on_mariadb ? "MariaDB" : "SQLite");
    row("seed", plan.seed);
    row("cycles", plan.cycles);
    row("kill -9 of the service", result.service_kills);
    row("kill -9 of a counterparty", result.counterparty_kills);
    row("kill -9 of mariadbd", result.database_kills);
    row("orders submitted", verdict.submitted);
    row("orders acknowledged", verdict.acknowledged);
    row("acknowledged and lost", verdict.lost);
    row("doubled: orders, collections, payments, documents", verdict.doubled);
    row("requests without an answer", result.unanswered);
    row("requests refused with 503", result.refused_for_now);
    row("answers compared with their first", result.replays_compared);
    row("notices of the channel", verdict.notices);
    row("sent again, with no effect", verdict.notices_again);
    row("events told by webhook", verdict.webhooks.events);
    row("told again, under the same id", verdict.webhooks.told_again);
    row("payments by the bank", verdict.payments);
    row("documents at customs", verdict.declared);
    row("journal entries", verdict.entries);
    row("decided by two persons", result.decided_by_persons);
    row("work items", verdict.work_items);
    row("slowest restart until ready, ms", result.slowest_ready.count());
    row("median restart until ready, ms", result.median_ready.count());
    row("took, s", result.took.count());
    for (const auto& [state, count] : verdict.states) row(("orders " + state).c_str(), count);
    row("faults found", verdict.faults.size());
    for (const std::string& fault : verdict.faults) out << "  FAULT: " << fault << '\n';
    out << (verdict.faults.empty() ? "\nNothing lost, nothing doubled; every balance agrees.\n" : "") << std::endl;
}

std::string as_line(const CrashPlan& plan, const CrashResult& result) {
    const Verdict& verdict = result.verdict;
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", plan.on_mariadb ? "mariadb" : "sqlite",
                       plan.seed, plan.cycles, result.service_kills, result.database_kills, result.counterparty_kills,
                       verdict.acknowledged, verdict.lost, verdict.doubled, verdict.faults.size(),
                       result.slowest_ready.count(), result.took.count());
}

}  // namespace huiqiao::crash
