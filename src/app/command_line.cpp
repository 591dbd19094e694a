#include "src/app/command_line.h"

#include <CLI/CLI.hpp>

#include <iostream>

namespace huiqiao::app {

void complain(const Error& error) {
    std::cerr << error.english() << '\n' << error.chinese() << '\n';
}

CommandLine::CommandLine()
    : program_(std::make_unique<CLI::App>(
          "Huiqiao 汇桥: collection, FX, remittance and customs declaration for cross-border e-commerce")) {
    program_->require_subcommand(1);
}
CommandLine::~CommandLine() = default;

CLI::App& CommandLine::add(const std::string& name, const std::string& description, std::function<int()> run) {
    CLI::App* subcommand = program_->add_subcommand(name, description);
    subcommand->callback([this, run = std::move(run)] { exit_code_ = run(); });
    return *subcommand;
}

void CommandLine::add_source(CLI::App& subcommand, ConfigSource& source) {
    subcommand.add_option("--config", source.file, "Configuration file")->default_val("config/huiqiao.conf");
    subcommand.add_option("--set", source.overrides, "section.key=value, wins over the file");
}

int CommandLine::run(int argc, char** argv) {
    try {
        program_->parse(argc, argv);
    } catch (const CLI::ParseError& fault) {
        return program_->exit(fault) == 0 ? 0 : 2;
    }
    return exit_code_;
}

}  // namespace huiqiao::app
