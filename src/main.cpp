// Arguments to subcommand; each subcommand's work stands in src/app.

#include <CLI/CLI.hpp>

#include <iostream>

#include "src/app/bench.h"
#include "src/app/demo.h"
#include "src/app/jobs.h"
#include "src/app/overload.h"
#include "src/app/sandbox.h"
#include "src/app/service.h"
#include "src/app/sign.h"
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
    with_config(program.add_subcommand("migrate", "Bring the database to this program's schema"))->callback([&] {
        exit_code = run_migrate(job);
    });
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
    parties->add_flag("--make-keys", job.make_keys, "Also make a key for each platform, to try the API with");
    parties->callback([&] { exit_code = run_register(job); });

    SandboxCommand sandbox;
    CLI::App* simulated = program.add_subcommand("sandbox", "Play one counterparty: bank, channel or customs");
    simulated->add_option("role", sandbox.role)->required();
    simulated->add_option("--config", sandbox.config_file)->default_val("config/huiqiao.conf");
    simulated->add_option("--set", sandbox.overrides, "section.key=value, wins over the file");
    simulated->add_option("--port", sandbox.port)->required();
    simulated->add_option("--directory", sandbox.directory, "Where its books stand")->default_val("data/sandbox");
    simulated->add_option("--rates", sandbox.rates_file)->default_val("sample_data/bank_rates.csv");
    simulated->callback([&] { exit_code = run_sandbox(sandbox); });

    DemoCommand demo;
    CLI::App* shown = program.add_subcommand("demo", "The whole path with faults, on sample data");
    shown->add_option("--into", demo.directory)->default_val("build/demo");
    shown->add_flag("--mariadb", demo.on_mariadb, "On a private MariaDB server");
    shown->callback([&] { exit_code = run_demo(demo); });

    BenchCommand bench;
    CLI::App* measured = program.add_subcommand("bench", "Measure, side by side with the bare parts");
    measured->add_option("--into", bench.output)->default_val("build/bench.json");
    measured->add_option("--engine", bench.engine, "sqlite or mariadb; both where it is left out");
    measured->add_option("--only", bench.only, "write, api, verify, lives, processes or flat; all where left out");
    measured->add_option("--orders", bench.orders, "In the file of flat_cost and restart before they are measured");
    measured->add_flag("--long", bench.large, "flat_cost and restart behind 990,000 orders, as the goals are meant");
    measured->add_flag("--quick", bench.quick, "Fewer rounds");
    measured->callback([&] { exit_code = run_bench(bench); });

    OverloadCommand overload;
    CLI::App* overloaded =
        program.add_subcommand("overload", "Five times what the service can do, and slow connections");
    overloaded->add_option("--config", overload.config_file)->default_val("config/huiqiao.conf");
    overloaded->add_option("--into", overload.output)->default_val("build/overload.json");
    overloaded->add_option("--seconds", overload.seconds, "Of the overload itself")->default_val(20);
    overloaded->add_option("--times", overload.times, "What the service can do")->default_val(5);
    overloaded->callback([&] { exit_code = run_overload(overload); });

    SignRequest sign;
    CLI::App* signing = program.add_subcommand("sign", "Print a signed curl call");
    signing->add_option("method", sign.command.method)->required();
    signing->add_option("url", sign.command.url)->required();
    signing->add_option("--body", sign.command.body);
    signing->add_option("--idempotency-key", sign.command.idempotency_key);
    signing->add_option("--key", sign.key_file, "Private key, PEM")->required();
    signing->add_option("--key-id", sign.key_id)->required();
    signing->add_option("--algorithm", sign.algorithm, "ed25519 or sm2_sm3")->default_val("ed25519");
    signing->add_option("--config", sign.config_file)->default_val("config/huiqiao.conf");
    signing->callback([&] { exit_code = run_sign(sign); });

    ProposeRequest proposal;
    CLI::App* proposing = program.add_subcommand("propose", "Print the signed call of a maker who proposes an action");
    proposing->add_option("action", proposal.action, "declare_again, release_order, ...")->required();
    proposing->add_option("content", proposal.fields, "JSON, without reason and evidence")->required();
    proposing->add_option("--reason", proposal.reason)->required();
    proposing->add_option("--evidence", proposal.evidence_file, "The file that shows it; hashed, not sent")->required();
    proposing->add_option("--key", proposal.sign.key_file, "Private key, PEM")->required();
    proposing->add_option("--key-id", proposal.sign.key_id, "opr_...")->required();
    proposing->add_option("--url", proposal.sign.command.url)->default_val("http://127.0.0.1:8082");
    proposing->add_option("--config", proposal.sign.config_file)->default_val("config/huiqiao.conf");
    proposing->callback([&] { exit_code = run_propose(proposal); });

    NewOperator person;
    CLI::App* operators = program.add_subcommand("operator", "Register an operator and make his key");
    operators->add_option("id", person.id, "opr_...")->required();
    operators->add_option("name", person.name)->required();
    operators->add_option("role", person.role, "maker or checker")->required();
    operators->add_option("--config", person.job.config_file)->default_val("config/huiqiao.conf");
    operators->callback([&] { exit_code = run_new_operator(person); });

    try {
        CLI11_PARSE(program, argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "huiqiao: " << error.what() << '\n';
        return 2;
    }
    return exit_code;
}
