#include "src/app/bench.h"

#include <CLI/CLI.hpp>

#include <fstream>
#include <functional>
#include <iostream>

#include "src/app/bench_api.h"
#include "src/app/bench_flat.h"
#include "src/app/bench_lives.h"
#include "src/app/bench_lock.h"
#include "src/app/bench_processes.h"
#include "src/app/bench_purchase.h"
#include "src/app/bench_rates.h"
#include "src/app/bench_stream.h"
#include "src/app/bench_verify.h"
#include "src/app/config.h"

namespace huiqiao::app {

namespace {

struct BenchOptions {
    std::filesystem::path output;                            // databases stand beside it, under its name, and go afterwards
    std::filesystem::path config_directory = "config";       // currencies and chart of accounts
    std::filesystem::path sample_directory = "sample_data";  // orders whose whole lives are measured
    std::string engine;
    std::string only;
    std::int64_t orders = 0;  // that live, and in the file of flat_cost; 0: as many as `large` and `quick` say
    bool large = false;
    bool quick = false;
};

constexpr std::int64_t kFlatOrders = 90'000;
constexpr std::int64_t kLongFlatOrders = 990'000;

std::vector<db::Engine> engines(const std::string& name) {
    if (name == "sqlite") return {db::Engine::Sqlite};
    if (name == "mariadb") return {db::Engine::MariaDb};
    return {db::Engine::Sqlite, db::Engine::MariaDb};
}

/// One thing that is measured, and on which engines it means something.
struct Part {
    std::string name;
    bool on_sqlite = true;
    bool on_mariadb = true;
    std::function<std::vector<Figure>(BenchEngine&)> measure;
};

std::vector<Part> parts(const BenchOptions& options, const ledger::Chart& chart) {
    const BenchRounds rounds = options.quick ? BenchRounds{3, 4} : BenchRounds{};
    const std::int64_t flat = options.orders != 0 ? options.orders : options.large ? kLongFlatOrders : kFlatOrders;
    return {
        {"write", true, true, [=, &chart](BenchEngine& engine) { return measure_writes(engine, chart, rounds); }},
        {"api", true, true, [=, &chart](BenchEngine& engine) { return measure_api(engine, chart, rounds); }},
        {"verify", true, true, [=, &chart](BenchEngine& engine) { return measure_verify(engine, chart, rounds); }},
        {"stream", true, true, [=, &chart](BenchEngine& engine) { return measure_stream(engine, chart, rounds); }},
        {"lives", true, true,
         [=](BenchEngine& engine) {
             const int lives = options.orders != 0 ? static_cast<int>(options.orders) : rounds.groups * 300;
             return measure_lives(engine, {options.config_directory, options.sample_directory, lives});
         }},
        {"purchase", true, true,
         [=](BenchEngine& engine) {
             return measure_purchase(engine, {options.config_directory, options.sample_directory});
         }},
        {"lock", true, true,
         [=](BenchEngine& engine) {
             return measure_lock(engine, {options.config_directory, options.sample_directory, rounds.rounds * 30});
         }},
        {"processes", false, true,
         [=, &chart](BenchEngine& engine) {
             return measure_processes(engine, chart, options.config_directory, rounds);
         }},
        {"rates_book", true, false, [=](BenchEngine&) { return measure_rates_book(rounds); }},
        {"flat", true, false,
         [=, &chart](BenchEngine& engine) {
             return measure_flat(engine, chart, {options.config_directory, flat});
         }},
    };
}

int run_bench(const BenchOptions& options) {
    if (const Status installed = install_currencies(options.config_directory); !installed) {
        complain(installed.error());
        return 2;
    }
    const Result<std::string> chart_text = read_text(options.config_directory / "chart_of_accounts.csv");
    auto directory = std::filesystem::absolute(options.output);
    directory += ".databases";  // its own, for two runs side by side
    try {
        const ledger::Chart chart = ledger::Chart::parse(chart_text.value()).value();
        std::vector<Figure> figures;
        std::cout << figures_head() << std::flush;
        for (const db::Engine which : engines(options.engine)) {
            BenchEngine engine(which, directory);
            for (const Part& part : parts(options, chart)) {
                if (!options.only.empty() && options.only != part.name) continue;
                if (!(which == db::Engine::Sqlite ? part.on_sqlite : part.on_mariadb)) continue;
                for (Figure& figure : part.measure(engine)) {
                    std::cout << figure_line(figure) << std::flush;
                    figures.push_back(std::move(figure));
                }
            }
        }
        std::ofstream(options.output) << figures_json(figures);
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << '\n';
        return 1;
    }
    std::filesystem::remove_all(directory);
    return 0;
}

}  // namespace

void add_bench(CommandLine& line) {
    const auto options = std::make_shared<BenchOptions>();
    CLI::App& bench =
        line.add("bench", "Measure, side by side with the bare parts", [options] { return run_bench(*options); });
    bench.add_option("--into", options->output)->default_val("build/bench.json");
    bench.add_option("--engine", options->engine, "sqlite or mariadb; both where it is left out");
    bench.add_option(
        "--only", options->only,
        "write, api, verify, stream, lives, purchase, processes, rates_book or flat; all where it is left out");
    bench.add_option(
        "--orders", options->orders,
        "That live in whole_lives; that are in the file of flat_cost and restart before they are measured");
    bench.add_flag("--long", options->large, "flat_cost and restart behind 990,000 orders, as the goals are meant");
    bench.add_flag("--quick", options->quick, "Fewer rounds");
}

}  // namespace huiqiao::app
