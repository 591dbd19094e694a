// The command of `./dev crash`: crash loops at length, with progress, a table, and a line for the record.

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

#include "src/app/config.h"
#include "src/app/stop_signal.h"
#include "tests/crash/crash_loop.h"

int main(int argc, char** argv) {
    using namespace huiqiao;
    CLI::App program("Kills the service, the counterparties and the database at random, and judges what is left");
    crash::CrashPlan plan;
    plan.directory = "build/crash";
    plan.program = HUIQIAO_PROGRAM;
    plan.progress = &std::cout;
    std::string record;
    program.add_option("--cycles", plan.cycles, "How often to kill")->default_val(100)->check(CLI::Range(1, 100'000));
    program.add_flag("--mariadb", plan.on_mariadb, "On a private MariaDB server, which is killed too");
    program.add_option("--seed", plan.seed, "Draws the victims")->default_val(1);
    program.add_option("--into", plan.directory, "Where the databases and logs stand");
    program.add_option("--record", record,
                       "Append the figures to this file: engine, seed, cycles, kills of service, database and "
                       "counterparties, orders acknowledged, lost, doubled, faults, slowest restart in ms, seconds");
    CLI11_PARSE(program, argc, argv);
    try {
        if (const Status installed = app::install_currencies("config"); !installed) {
            std::cerr << installed.error().english() << '\n';
            return 2;
        }
        const crash::CrashResult result = crash::run_crash_loop(plan);
        crash::print(std::cout, plan, result);
        if (!record.empty()) std::ofstream(record, std::ios::app) << crash::as_line(plan, result) << '\n';
        return result.verdict.faults.empty() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "The crash loop could not go on: " << error.what() << '\n';
        return 2;
    }
}
