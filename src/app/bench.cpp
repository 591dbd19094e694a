#include "src/app/bench.h"

#include <fstream>
#include <functional>
#include <iostream>

#include "src/app/bench_api.h"
#include "src/app/bench_flat.h"
#include "src/app/bench_lives.h"
#include "src/app/bench_processes.h"
#include "src/app/bench_verify.h"
#include "src/app/config.h"

namespace huiqiao::app {

namespace {

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

std::vector<Part> parts(const BenchCommand& command, const ledger::Chart& chart) {
    const BenchRounds rounds = command.quick ? BenchRounds{3, 4} : BenchRounds{};
    const std::int64_t flat = command.orders != 0 ? command.orders : command.large ? kLongFlatOrders : kFlatOrders;
    return {
        {"write", true, true, [=, &chart](BenchEngine& engine) { return measure_writes(engine, chart, rounds); }},
        {"api", true, true, [=, &chart](BenchEngine& engine) { return measure_api(engine, chart, rounds); }},
        {"verify", true, true, [=, &chart](BenchEngine& engine) { return measure_verify(engine, chart, rounds); }},
        {"lives", true, true,
         [=](BenchEngine& engine) {
             return measure_lives(engine, {command.config_directory, command.sample_directory, rounds.groups * 300});
         }},
        {"processes", false, true,
         [=, &chart](BenchEngine& engine) {
             return measure_processes(engine, chart, command.config_directory, rounds);
         }},
        {"flat", true, false,
         [=, &chart](BenchEngine& engine) {
             return measure_flat(engine, chart, {command.config_directory, flat});
         }},
    };
}

}  // namespace

int run_bench(const BenchCommand& command) {
    if (const Status installed = install_currencies(command.config_directory); !installed) {
        std::cerr << installed.error().english() << '\n';
        return 2;
    }
    const Result<std::string> chart_text = read_text(command.config_directory / "chart_of_accounts.csv");
    const auto directory = std::filesystem::absolute(command.output).parent_path() / "bench";
    try {
        const ledger::Chart chart = ledger::Chart::parse(chart_text.value()).value();
        std::vector<Figure> figures;
        std::cout << figures_head() << std::flush;
        for (const db::Engine which : engines(command.engine)) {
            BenchEngine engine(which, directory);
            for (const Part& part : parts(command, chart)) {
                if (!command.only.empty() && command.only != part.name) continue;
                if (!(which == db::Engine::Sqlite ? part.on_sqlite : part.on_mariadb)) continue;
                for (Figure& figure : part.measure(engine)) {
                    std::cout << figure_line(figure) << std::flush;
                    figures.push_back(std::move(figure));
                }
            }
        }
        std::ofstream(command.output) << figures_json(figures);
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << '\n';
        return 1;
    }
    std::filesystem::remove_all(directory);
    return 0;
}

}  // namespace huiqiao::app
