#include "src/app/sandbox.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

#include "src/app/counterparty_host.h"
#include "src/app/lock_file.h"
#include "src/app/sandbox_parts.h"
#include "src/app/stepped_clock.h"
#include "src/app/stop_signal.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

namespace {

struct SandboxOptions {
    std::string role;
    std::string name;  // of the bank; empty: the one that keeps the channel's account
    ConfigSource source;
    std::filesystem::path directory;
    std::filesystem::path rates_file;  // the bank's prices
    int port = 0;
};

std::unique_ptr<sandbox::Counterparty> make(const std::string& role, const std::string& bank, const Stage& stage,
                                            db::Database& books, const Calendar& calendar, const CustomsKeys& customs) {
    if (role == "bank") return make_bank(stage, bank, books);
    if (role == "channel") return make_channel(stage, books, calendar);
    if (role == "customs") return make_customs(stage, books, customs);
    return nullptr;
}

std::map<std::string, std::string> addresses(const Config& config) {
    std::map<std::string, std::string> by_name{
        {"institution", "http://" + config.listen_address + ":" + std::to_string(config.notices_port)}};
    for (const calls::CounterpartySettings& counterparty : config.counterparties)
        by_name[counterparty.name] = counterparty.base_url;
    return by_name;
}

int run_sandbox(const SandboxOptions& options) {
    const Result<Config> config = load_config(options.source.file, options.source.overrides);
    if (!config) {
        complain(config.error());
        return 2;
    }
    const auto clock = make_clock(*config);
    crypto::SystemRandom random;
    IdSource ids(*clock, random);
    crypto::KeyStore keys(config->keys_directory, crypto::MissingKeys::Create, random);
    std::filesystem::create_directories(options.directory);
    db::DatabaseSettings settings;
    const std::string bank = options.name.empty() ? config->bank : options.name;
    const bool is_known = std::any_of(config->banks.begin(), config->banks.end(),
                                      [&](const Config::Bank& each) { return each.name == bank; });
    if (options.role == "bank" && !is_known) {
        complain(Error(app_error::kNoSuchBank, {{"bank", bank}}));
        return 2;
    }
    const std::string book = options.role == "bank" && bank != config->bank ? bank : options.role;
    // Two processes on one book would each have the other's money, faults and sendings.
    const Result<LockFile> lock = LockFile::take(options.directory / (book + ".lock"));
    if (!lock) {
        complain(Error(app_error::kPlayedElsewhere, {{"book", (options.directory / (book + ".db")).string()}}));
        return 2;
    }
    settings.path = (options.directory / (book + ".db")).string();
    db::Database books(std::move(settings), *clock);
    const std::filesystem::path tables = table_directory(options.source.file);
    const Result<std::string> days = read_text(tables / "calendars/CNY.csv");
    const Calendar calendar = Calendar::parse(days.value()).value();

    const Stage stage{*config, tables, options.rates_file, *clock, ids, keys};
    const CustomsKeys customs = customs_keys(stage);
    const std::unique_ptr<sandbox::Counterparty> counterparty =
        make(options.role, bank, stage, books, calendar, customs);
    if (counterparty == nullptr) {
        std::cerr << "There is no counterparty '" << options.role << "': bank, channel or customs.\n";
        return 2;
    }
    CounterpartyHost host(*clock, *counterparty, addresses(*config), static_cast<std::uint16_t>(options.port));
    if (const Status started = host.start(); !started) {
        complain(started.error());
        return 2;
    }
    std::cout << "sandbox " << book << " on 127.0.0.1:" << host.port() << std::endl;
    std::unique_ptr<sandbox::FixHost> fix;
    if (options.role == "bank") {
        fix = host_fix(*config, bank, options.directory,
                       [&](const http::Request& request) { return host.answer(request); });
    }
    wait_for_stop_signal();
    fix.reset();
    host.stop();
    return 0;
}

}  // namespace

void add_sandbox(CommandLine& line) {
    const auto options = std::make_shared<SandboxOptions>();
    CLI::App& sandbox = line.add("sandbox", "Play one counterparty: bank, channel or customs",
                                 [options] { return run_sandbox(*options); });
    CommandLine::add_source(sandbox, options->source);
    sandbox.add_option("role", options->role, "bank, channel or customs")->required();
    sandbox.add_option("--name", options->name,
                       "Which bank: a counterparty that keeps accounts (default: the one into which the channel pays)");
    sandbox.add_option("--port", options->port, "To listen on, at 127.0.0.1")->required();
    sandbox.add_option("--directory", options->directory, "Where its books stand")->default_val("data/sandbox");
    sandbox.add_option("--rates", options->rates_file, "Middle rates that its bank starts from, CSV")
        ->default_val("sample_data/bank_rates.csv");
}

}  // namespace huiqiao::app
