// The simulator as a command: seeds one after another, each twice; a table at the end; a failure with its smallest
// form.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "src/base/currency.h"
#include "tests/sim/markers.h"
#include "tests/sim/shrink.h"
#include "tests/sim/simulation.h"

namespace {

using namespace huiqiao;
using namespace huiqiao::testing::sim;

struct Wanted {
    std::uint64_t first = 1;
    std::uint64_t seeds = 100;
    int orders = 20;
    std::optional<std::set<FaultKind>> only;
    bool show_trace = false;
};

struct Totals {
    std::int64_t seeds = 0, orders = 0, virtual_seconds = 0, crashes = 0, failed = 0;
    std::map<FaultKind, std::int64_t> faults;
    std::map<std::string, std::int64_t> markers;
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
void tell_failure(const SimSettings& settings, const SimResult& result) {
    std::cout << "\nseed " << settings.seed << ", " << settings.orders << " orders: " << *result.violation << "\n";
    const Shrunk small = shrink(settings, result);
    std::cout << "  smallest: --first " << settings.seed << " --seeds 1 --orders " << small.settings.orders
              << " --only " << words(*small.settings.only) << "\n  " << *small.result.violation << "\n  last events:\n";
    const auto& events = small.result.last_events;
    for (std::size_t i = events.size() > 40 ? events.size() - 40 : 0; i < events.size(); ++i)
        std::cout << "    " << events[i].substr(0, events[i].find('\n')) << "\n";
    std::cout << std::flush;
}

void add(Totals& totals, const SimResult& result) {
    ++totals.seeds;
    totals.orders += result.orders;
    totals.virtual_seconds += result.virtual_seconds;
    totals.crashes += result.crashes;
    for (const auto& [kind, times] : result.happened) totals.faults[kind] += times;
    for (const auto& [marker, times] : result.markers) totals.markers[marker] += times;
}

bool run_seed(const Wanted& wanted, std::uint64_t seed, Totals& totals) {
    const SimSettings settings{seed, wanted.orders, wanted.only, wanted.show_trace};
    const SimResult result = run(settings);
    add(totals, result);
    if (wanted.show_trace)
        for (const std::string& event : result.last_events) std::cout << event << "\n";
    if (result.violation) {
        tell_failure(settings, result);
        return false;
    }
    const SimResult again = run(settings);
    if (again.trace_hash == result.trace_hash) return true;
    std::cout << "\nseed " << seed << " is not the same run twice: " << result.trace_hash << ", " << again.trace_hash
              << "\n";
    return false;
}

void print_table(const Totals& totals, double seconds) {
    std::cout << "\n| seeds | failed | orders | virtual days | crashes | seconds |\n|--:|--:|--:|--:|--:|--:|\n| "
              << totals.seeds << " | " << totals.failed << " | " << totals.orders << " | "
              << totals.virtual_seconds / 86'400 << " | " << totals.crashes << " | " << seconds << " |\n\n"
              << "| fault | times |\n|---|--:|\n";
    for (const FaultKind kind : all_fault_kinds()) {
        const auto times = totals.faults.find(kind);
        std::cout << "| " << to_text(kind) << " | " << (times == totals.faults.end() ? 0 : times->second) << " |\n";
    }
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
        std::cerr << "simulate [--seeds N] [--orders M] [--first S] [--only kind,kind|none] [--trace]\n";
        return 2;
    }
    Totals totals;
    const auto started = std::chrono::steady_clock::now();
    for (std::uint64_t seed = wanted->first; seed < wanted->first + wanted->seeds; ++seed) {
        if (!run_seed(*wanted, seed, totals)) ++totals.failed;
        const std::uint64_t done = seed - wanted->first + 1;
        if (done % 25 == 0) std::cout << done << " of " << wanted->seeds << " seeds\n" << std::flush;
    }
    print_table(totals, std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    return totals.failed == 0 ? 0 : 1;
}
