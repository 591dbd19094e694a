// Arguments to subcommand; each subcommand's work stands in src/app.

#include <CLI/CLI.hpp>

#include <iostream>

#include "src/app/demo.h"
#include "src/app/jobs.h"
#include "src/app/sandbox.h"
#include "src/app/service.h"
#include "src/app/stop_signal.h"

int main(int argc, char** argv) {
    using namespace huiqiao::app;
    block_stop_signals();
    CLI::App program("Huiqiao 汇桥: collection, FX, remittance and customs declaration for cross-border e-commerce");
    program.require_subcommand(1);
    int exit_code = 0;

    JobCommand job;
    const auto with_config = [&](CLI::App* command) {
        command->add_option("--config", job.config_file, "Configuration file")->default_val("config/huiqiao.conf");
        command->add_option("--set", job.overrides, "section.key=value, wins over the file");
        return command;
    };
    with_config(program.add_subcommand("serve", "Serve platforms, channels' notices and operators; run the workers"))
        ->callback([&] { exit_code = run_service(job); });
    with_config(program.add_subcommand("migrate", "Bring the database to this program's schema"))
        ->callback([&] { exit_code = run_migrate(job); });
    with_config(program.add_subcommand("verify", "Prove the books from their rows"))->callback([&] {
        exit_code = run_verify(job);
    });
    with_config(program.add_subcommand("declare", "Declare to customs what is due, and read its receipts"))
        ->callback([&] { exit_code = run_declare(job); });
    with_config(program.add_subcommand("reconcile", "Compare our provision accounts with the banks' statements"))
        ->callback([&] { exit_code = run_reconcile(job); });
    with_config(program.add_subcommand("close-day", "Close the open business date"))->callback([&] {
        exit_code = run_close_day(job);
    });
    CLI::App* journal = with_config(program.add_subcommand("journal", "Write the journal for ledger and hledger"));
    journal->add_option("--output", job.output, "File to write")->required();
    journal->callback([&] { exit_code = run_journal(job); });
    CLI::App* parties = with_config(program.add_subcommand("register", "Register platforms, merchants and payees"));
    parties->add_option("file", job.input, "As sample_data/parties.json")->required();
    parties->add_option("--webhooks", job.webhook_base, "Put before each platform's webhook_path");
    parties->callback([&] { exit_code = run_register(job); });

    SandboxCommand sandbox;
    CLI::App* simulated = program.add_subcommand("sandbox", "Play one counterparty: bank, channel or customs");
    simulated->add_option("role", sandbox.role)->required();
    simulated->add_option("--config", sandbox.config_file)->default_val("config/huiqiao.conf");
    simulated->add_option("--port", sandbox.port)->required();
    simulated->add_option("--directory", sandbox.directory, "Where its books stand")->default_val("data/sandbox");
    simulated->add_option("--rates", sandbox.rates_file)->default_val("sample_data/bank_rates.csv");
    simulated->callback([&] { exit_code = run_sandbox(sandbox); });

    DemoCommand demo;
    CLI::App* shown = program.add_subcommand("demo", "The whole path with faults, on sample data");
    shown->add_option("--into", demo.directory)->default_val("build/demo");
    shown->add_flag("--mariadb", demo.on_mariadb, "On a private MariaDB server");
    shown->callback([&] { exit_code = run_demo(demo); });

    CLI11_PARSE(program, argc, argv);
    return exit_code;
}
