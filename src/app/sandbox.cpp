#include "src/app/sandbox.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox/bank/fx.h"
#include "adapters/sandbox/channel.h"
#include "adapters/sandbox/customs.h"
#include "customs/payment_enterprises.h"
#include "src/app/config.h"
#include "src/app/counterparty_host.h"
#include "src/app/stepped_clock.h"
#include "src/app/stop_signal.h"
#include "src/crypto/key_store.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

struct SandboxOptions {
    std::string role;
    ConfigSource source;
    std::filesystem::path directory;
    std::filesystem::path rates_file;  // the bank's prices
    int port = 0;
};

/// What every counterparty is made of.
struct Stage {
    const Config& config;
    const SandboxOptions& options;
    const Clock& clock;
    IdSource& ids;
    crypto::KeyStore& keys;
    db::Database& books;
};

std::unique_ptr<sandbox::Counterparty> make_bank(const Stage& stage) {
    const Result<std::string> rates = read_text(stage.options.rates_file);
    sandbox::bank::FxSettings fx{.prices = sandbox::bank::PriceBook::parse(rates.value()).value()};
    sandbox::bank::BankSettings settings;
    for (const Config::ProvisionAccount& account : stage.config.accounts)
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
    const Result<std::string> table = read_text(table_directory(stage.options.source.file) / "payment_enterprises.csv");
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
    if (stage.options.role == "bank") return make_bank(stage);
    if (stage.options.role == "channel") return make_channel(stage, calendar);
    if (stage.options.role == "customs") return make_customs(stage, customs);
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
    settings.path = (options.directory / (options.role + ".db")).string();
    db::Database books(std::move(settings), *clock);
    const Result<std::string> days = read_text(table_directory(options.source.file) / "calendars/CNY.csv");
    const Calendar calendar = Calendar::parse(days.value()).value();

    const Stage stage{*config, options, *clock, ids, keys, books};
    const CustomsKeys customs = customs_keys(stage);
    const std::unique_ptr<sandbox::Counterparty> counterparty = make(stage, calendar, customs);
    if (counterparty == nullptr) {
        std::cerr << "There is no counterparty '" << options.role << "': bank, channel or customs.\n";
        return 2;
    }
    CounterpartyHost host(*clock, *counterparty, addresses(*config), static_cast<std::uint16_t>(options.port));
    if (const Status started = host.start(); !started) {
        complain(started.error());
        return 2;
    }
    std::cout << "sandbox " << options.role << " on 127.0.0.1:" << host.port() << std::endl;
    wait_for_stop_signal();
    host.stop();
    return 0;
}

}  // namespace

void add_sandbox(CommandLine& line) {
    const auto options = std::make_shared<SandboxOptions>();
    CLI::App& sandbox = line.add("sandbox", "Play one counterparty: bank, channel or customs",
                                 [options] { return run_sandbox(*options); });
    CommandLine::add_source(sandbox, options->source);
    sandbox.add_option("role", options->role)->required();
    sandbox.add_option("--port", options->port)->required();
    sandbox.add_option("--directory", options->directory, "Where its books stand")->default_val("data/sandbox");
    sandbox.add_option("--rates", options->rates_file)->default_val("sample_data/bank_rates.csv");
}

}  // namespace huiqiao::app
