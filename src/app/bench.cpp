#include "src/app/bench.h"

#include <fstream>
#include <iostream>

#include "src/app/bench_api.h"
#include "src/app/bench_write.h"
#include "src/app/config.h"

namespace huiqiao::app {

namespace {

std::vector<db::Engine> engines(const std::string& name) {
    if (name == "sqlite") return {db::Engine::Sqlite};
    if (name == "mariadb") return {db::Engine::MariaDb};
    return {db::Engine::Sqlite, db::Engine::MariaDb};
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
        const BenchRounds rounds = command.quick ? BenchRounds{3, 4} : BenchRounds{};
        std::vector<Figure> figures;
        std::cout << figures_head() << std::flush;
        for (const db::Engine which : engines(command.engine)) {
            BenchEngine engine(which, directory);
            for (const auto measure : {&measure_writes, &measure_api}) {
                if ((command.only == "write" && measure != &measure_writes) ||
                    (command.only == "api" && measure != &measure_api)) {
                    continue;
                }
                for (Figure& figure : measure(engine, chart, rounds)) {
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
