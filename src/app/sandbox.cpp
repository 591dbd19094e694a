#include "src/app/sandbox.h"

#include <iostream>

#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox/bank/fx.h"
#include "adapters/sandbox/channel.h"
#include "adapters/sandbox/customs.h"
#include "customs/payment_enterprises.h"
#include "src/app/counterparty_host.h"
#include "src/app/stepped_clock.h"
#include "src/app/stop_signal.h"
#include "src/crypto/key_store.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

/// What every counterparty is made of.
struct Stage {
    const Config& config;
    const SandboxCommand& command;
    const Clock& clock;
    IdSource& ids;
    crypto::KeyStore& keys;
    db::Database& books;
};

std::unique_ptr<sandbox::Counterparty> make_bank(const Stage& stage) {
    const Result<std::string> rates = read_text(stage.command.rates_file);
    sandbox::bank::FxSettings fx{.prices = sandbox::bank::PriceBook::parse(rates.value()).value()};
    sandbox::bank::BankSettings settings;
    for (const Config::ProvisionAccount& account : stage.config.accounts)
        settings.accounts.emplace_back(account.name, std::string(account.currency.code()));
    for (const Config::ProvisionAccount& account : stage.config.own_accounts)
        settings.accounts.emplace_back(account.name, std::string(account.currency.code()));
    settings.customer_id = kBankClientId;
    settings.customer_key =
        stage.keys.signing_key("bank_client", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    settings.bank_key = stage.keys.signing_key("sandbox_bank", crypto::SignatureAlgorithm::Ed25519).value();
    std::vector<std::unique_ptr<sandbox::bank::BankPart>> parts;
    parts.push_back(std::make_unique<sandbox::bank::ForeignExchange>(std::move(fx)));
    return std::make_unique<sandbox::bank::Bank>(stage.books, std::move(settings), std::move(parts), stage.clock.now());
}

std::unique_ptr<sandbox::Counterparty> make_channel(const Stage& stage, const Calendar& calendar) {
    sandbox::ChannelSettings settings;
    settings.buyer_pays_after = 90s;
    settings.cost_basis_points = 10;  // below every agreed fee: what the channel keeps is covered without a top-up
    auto own = stage.keys.signing_key("sandbox_channel", crypto::SignatureAlgorithm::Ed25519).value();
    auto theirs = stage.keys.signing_key("channel_client", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    return std::make_unique<sandbox::Channel>(stage.books, stage.ids, std::move(own), std::move(theirs), &calendar,
                                              std::move(settings));
}

/// Its seal outlives the counterparty that signs by it.
struct CustomsKeys {
    crypto::SigningKey key;
    crypto::Certificate certificate;
};

std::unique_ptr<sandbox::Counterparty> make_customs(const Stage& stage, const CustomsKeys& own) {
    const Config::Institution& institution = stage.config.institution;
    const Result<std::string> table = read_text(table_directory(stage.command.config_file) / "payment_enterprises.csv");
    sandbox::CustomsSettings settings;
    settings.senders.push_back(
        {institution.dxp_id, institution.customs_code, institution.customs_name,
         stage.keys.signing_key("customs_rsa", crypto::SignatureAlgorithm::RsaSha1).value().verify_key()});
    settings.enterprises.emplace_back(institution.customs_code, institution.customs_name);
    const auto registered = customs::parse_payment_enterprises(table.value()).value();
    for (const auto& [code, name] : registered) settings.enterprises.emplace_back(code, name);
    settings.key = &own.key;
    settings.certificate = &own.certificate;
    return std::make_unique<sandbox::Customs>(stage.books, std::move(settings));
}

CustomsKeys customs_keys(const Stage& stage) {
    auto key = stage.keys.signing_key("sandbox_customs", crypto::SignatureAlgorithm::RsaSha1).value();
    auto certificate =
        stage.keys.certificate("sandbox_customs", key, "Sandbox Single Window", stage.clock.now()).value();
    return {std::move(key), std::move(certificate)};
}

std::unique_ptr<sandbox::Counterparty> make(const Stage& stage, const Calendar& calendar, const CustomsKeys& customs) {
    if (stage.command.role == "bank") return make_bank(stage);
    if (stage.command.role == "channel") return make_channel(stage, calendar);
    if (stage.command.role == "customs") return make_customs(stage, customs);
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
    const Result<std::string> days = read_text(table_directory(command.config_file) / "calendars/CNY.csv");
    const Calendar calendar = Calendar::parse(days.value()).value();

    const Stage stage{*config, command, *clock, ids, keys, books};
    const CustomsKeys customs = customs_keys(stage);
    const std::unique_ptr<sandbox::Counterparty> counterparty = make(stage, calendar, customs);
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
