#include "src/app/bench.h"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

#include "src/app/bench_api.h"
#include "src/app/bench_write.h"
#include "src/app/config.h"

namespace huiqiao::app {

namespace {

struct BenchOptions {
    std::filesystem::path output;                       // databases stand beside it, in "bench", and go afterwards
    std::filesystem::path config_directory = "config";  // currencies and chart of accounts
    std::string engine;
    std::string only;
    bool quick = false;
};

std::vector<db::Engine> engines(const std::string& name) {
    if (name == "sqlite") return {db::Engine::Sqlite};
    if (name == "mariadb") return {db::Engine::MariaDb};
    return {db::Engine::Sqlite, db::Engine::MariaDb};
}

int run_bench(const BenchOptions& options) {
    if (const Status installed = install_currencies(options.config_directory); !installed) {
        complain(installed.error());
        return 2;
    }
    const Result<std::string> chart_text = read_text(options.config_directory / "chart_of_accounts.csv");
    const auto directory = std::filesystem::absolute(options.output).parent_path() / "bench";
    try {
        const ledger::Chart chart = ledger::Chart::parse(chart_text.value()).value();
        const BenchRounds rounds = options.quick ? BenchRounds{3, 4} : BenchRounds{};
        std::vector<Figure> figures;
        std::cout << figures_head() << std::flush;
        for (const db::Engine which : engines(options.engine)) {
            BenchEngine engine(which, directory);
            for (const auto measure : {&measure_writes, &measure_api}) {
                if ((options.only == "write" && measure != &measure_writes) ||
                    (options.only == "api" && measure != &measure_api)) {
                    continue;
                }
                for (Figure& figure : measure(engine, chart, rounds)) {
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
    bench.add_option("--only", options->only, "write or api; both where it is left out");
    bench.add_flag("--quick", options->quick, "Fewer rounds");
}

}  // namespace huiqiao::app
