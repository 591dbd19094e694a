// The simulator as a command: seeds in rising order over the machine's cores, each twice; progress as it goes, one
// table at the end; a failure with its smallest form. Stopped by a signal it says where to go on.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "src/base/currency.h"
#include "tests/sim/jobs.h"
#include "tests/sim/shrink.h"
#include "tests/sim/tally.h"

namespace {

using namespace huiqiao;
using namespace huiqiao::testing::sim;
using namespace std::chrono_literals;

constexpr auto kBetweenNews = 10s;

struct Wanted {
    std::uint64_t first = 1;
    std::uint64_t seeds = 100;
    int orders = 20;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    std::optional<std::set<FaultKind>> only;
    bool show_trace = false;
};

std::optional<Wanted> read_arguments(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--trace") {
            wanted.show_trace = true;
            continue;
        }
        if (i + 1 == argc) return std::nullopt;
        const std::string value = argv[++i];
        if (name == "--only") {
            wanted.only.emplace();
            std::istringstream names(value);
            for (std::string each; std::getline(names, each, ',');) {
                const auto kind = fault_kind_from_text(each);
                if (!kind && each != "none") return std::nullopt;
                if (kind) wanted.only->insert(*kind);
            }
            continue;
        }
        if (value.empty() || value.size() > 9 || value.find_first_not_of("0123456789") != std::string::npos)
            return std::nullopt;
        const auto number = static_cast<std::uint64_t>(std::stoul(value));
        if (name == "--seeds")
            wanted.seeds = number;
        else if (name == "--first")
            wanted.first = number;
        else if (name == "--orders")
            wanted.orders = static_cast<int>(number);
        else if (name == "--jobs" && number > 0 && number < 100)
            wanted.jobs = static_cast<unsigned>(number);
        else
            return std::nullopt;
    }
    return wanted;
}

std::string words(const std::set<FaultKind>& kinds) {
    std::string all;
    for (const FaultKind kind : kinds) all += (all.empty() ? "" : ",") + std::string(to_text(kind));
    return all.empty() ? "none" : all;
}

/// Seed, sentence, the smallest form that still fails, and the last events of that.
std::string told_failure(const SimSettings& settings, const SimResult& result) {
    std::ostringstream out;
    out << "\nseed " << settings.seed << ", " << settings.orders << " orders: " << *result.violation << "\n";
    const Shrunk small = shrink(settings, result);
    out << "  smallest: --first " << settings.seed << " --seeds 1 --orders " << small.settings.orders << " --only "
        << words(*small.settings.only) << "\n  " << *small.result.violation << "\n  last events:\n";
    const auto& events = small.result.last_events;
    for (std::size_t i = events.size() > 40 ? events.size() - 40 : 0; i < events.size(); ++i)
        out << "    " << events[i].substr(0, events[i].find('\n')) << "\n";
    return out.str();
}

Tally run_seed(const Wanted& wanted, std::uint64_t seed) {
    const SimSettings settings{seed, wanted.orders, wanted.only, wanted.show_trace};
    const SimResult result = run(settings);
    if (wanted.show_trace)
        for (const std::string& event : result.last_events) std::cout << event << "\n";
    if (result.violation) {
        std::cout << told_failure(settings, result) << std::flush;
        return Tally::of(result, false);
    }
    const SimResult again = run(settings);
    const bool is_same = again.trace_hash == result.trace_hash;
    if (!is_same)
        std::cout << "\nseed " + std::to_string(seed) + " is not the same run twice: " + result.trace_hash + ", " +
                         again.trace_hash + "\n"
                  << std::flush;
    return Tally::of(result, is_same);
}

double cpu_seconds() {
    double all = 0;
    for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        ::getrusage(whose, &used);
        for (const timeval& time : {used.ru_utime, used.ru_stime})
            all += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
    return all;
}

/// How far it is and how long it will take.
class News {
 public:
    explicit News(const Wanted& wanted) : wanted_(wanted) {}
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    }
    void tell(const Tally& totals) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told_ < kBetweenNews) return;
        told_ = now;
        const auto done = static_cast<double>(totals.seeds);
        const double left_s = seconds() / done * (static_cast<double>(wanted_.seeds) - done);
        std::cout << totals.seeds << " of " << wanted_.seeds << " seeds, " << totals.seeds - totals.clean
                  << " failed, about " << static_cast<std::int64_t>(left_s / 60) << " min left\n"
                  << std::flush;
    }

 private:
    const Wanted& wanted_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point told_ = started_;
};

bool run_all(const Wanted& wanted) {
    Tally totals;
    News news(wanted);
    const SharedResult shared = share_out(
        {wanted.first, wanted.seeds, wanted.show_trace ? 1U : wanted.jobs},
        [&](std::uint64_t seed) { return run_seed(wanted, seed).line(); },
        [&](const std::string& line) {
            totals.add(Tally::of_line(line));
            news.tell(totals);
        },
        [&](std::uint64_t seed) {
            ++totals.seeds;
            std::cout << "\nseed " << seed << " ended its process\n" << std::flush;
        });
    print(std::cout, totals, std::to_string(wanted.first) + " to " + std::to_string(shared.next - 1), wanted.orders,
          {cpu_seconds(), news.seconds()});
    if (shared.stopped)
        std::cout << "\nStopped. To go on: --first " << shared.next << " --seeds "
                  << wanted.first + wanted.seeds - shared.next << " --orders " << wanted.orders << "\n";
    return totals.clean == totals.seeds && !shared.stopped;
}

}  // namespace

int main(int argc, char** argv) {
    doctest::Context context;
    context.setAsDefaultForAssertsOutOfTestCases();
    std::filesystem::current_path(HUIQIAO_SOURCE_DIR);
    std::ostringstream currencies;
    currencies << std::ifstream("config/currencies.csv").rdbuf();
    CurrencyTable::install(CurrencyTable::parse(currencies.str()).value());
    const std::optional<Wanted> wanted = read_arguments(argc, argv);
    if (!wanted) {
        std::cerr << "simulate [--seeds N] [--orders M] [--first S] [--jobs J] [--only kind,kind|none] [--trace]\n";
        return 2;
    }
    return run_all(*wanted) ? 0 : 1;
}
