#include "src/app/sandbox.h"

#include <iostream>

#include "src/app/counterparty_host.h"
#include "src/app/sandbox_parts.h"
#include "src/app/stepped_clock.h"
#include "src/app/stop_signal.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

namespace {

std::unique_ptr<sandbox::Counterparty> make(const std::string& role, const Stage& stage, db::Database& books,
                                            const Calendar& calendar, const CustomsKeys& customs) {
    if (role == "bank") return make_bank(stage, books);
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

}  // namespace

int run_sandbox(const SandboxCommand& command) {
    const Result<Config> config = load_config(command.config_file, command.overrides);
    if (!config) {
        std::cerr << config.error().english() << '\n';
        return 2;
    }
    const auto clock = make_clock(*config);
    crypto::SystemRandom random;
    IdSource ids(*clock, random);
    crypto::KeyStore keys(config->keys_directory, crypto::MissingKeys::Create, random);
    std::filesystem::create_directories(command.directory);
    db::DatabaseSettings settings;
    settings.path = (command.directory / (command.role + ".db")).string();
    db::Database books(std::move(settings), *clock);
    const std::filesystem::path tables = table_directory(command.config_file);
    const Result<std::string> days = read_text(tables / "calendars/CNY.csv");
    const Calendar calendar = Calendar::parse(days.value()).value();

    const Stage stage{*config, tables, command.rates_file, *clock, ids, keys};
    const CustomsKeys customs = customs_keys(stage);
    const std::unique_ptr<sandbox::Counterparty> counterparty = make(command.role, stage, books, calendar, customs);
    if (counterparty == nullptr) {
        std::cerr << "There is no counterparty '" << command.role << "': bank, channel or customs.\n";
        return 2;
    }
    CounterpartyHost host(*clock, *counterparty, addresses(*config), static_cast<std::uint16_t>(command.port));
    if (const Status started = host.start(); !started) {
        std::cerr << started.error().english() << '\n';
        return 2;
    }
    std::cout << "sandbox " << command.role << " on 127.0.0.1:" << host.port() << std::endl;
    wait_for_stop_signal();
    host.stop();
    return 0;
}

}  // namespace huiqiao::app
