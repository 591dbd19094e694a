#include "src/app/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

namespace huiqiao::app {

namespace {

constexpr std::size_t kMostTypos = 3;

/// Letters to insert, leave out or change until one word is the other.
std::size_t distance(const std::string& one, const std::string& other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t at = 0; at < row.size(); ++at) row[at] = at;
    for (std::size_t line = 1; line <= one.size(); ++line) {
        std::size_t diagonal = row[0];
        row[0] = line;
        for (std::size_t at = 1; at < row.size(); ++at) {
            const std::size_t changed = diagonal + (one[line - 1] == other[at - 1] ? 0 : 1);
            diagonal = row[at];
            row[at] = std::min({changed, row[at] + 1, row[at - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

void complain(const Error& error) {
    say(std::cerr, error.english(), error.chinese());
}

void say(std::ostream& out, std::string_view english, std::string_view chinese) {
    out << english << '\n' << chinese << '\n';
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
    if (argc > 1 && *argv[1] != '-') {
        const std::vector<std::string> known = names();
        if (std::find(known.begin(), known.end(), argv[1]) == known.end()) return unknown(argv[1]);
    }
    try {
        program_->parse(argc, argv);
    } catch (const CLI::ParseError& fault) {
        return program_->exit(fault) == 0 ? 0 : 2;
    }
    return exit_code_;
}

std::vector<std::string> CommandLine::names() const {
    const CLI::App& program = *program_;
    std::vector<std::string> all;
    for (const CLI::App* each : program.get_subcommands([](const CLI::App*) { return true; }))
        all.push_back(each->get_name());
    return all;
}

int CommandLine::unknown(const std::string& word) const {
    std::string nearest;
    std::size_t least = kMostTypos + 1;
    std::string all;
    for (const std::string& name : names()) {
        all += (all.empty() ? "" : ", ") + name;
        const std::size_t typos = distance(word, name);
        if (typos < least) nearest = name;
        least = std::min(least, typos);
    }
    const std::string english = nearest.empty() ? "" : " Did you mean '" + nearest + "'?";
    const std::string chinese = nearest.empty() ? "" : "是否想用“" + nearest + "”？";
    std::cerr << "There is no command '" << word << "'." << english << " These are there: " << all
              << ". More: huiqiao --help\n"
              << "没有命令“" << word << "”。" << chinese << "可用的命令：" << all << "。详见：huiqiao --help\n";
    return 2;
}

}  // namespace huiqiao::app
