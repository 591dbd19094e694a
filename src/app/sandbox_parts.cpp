#include "src/app/sandbox_parts.h"

#include "adapters/fix44/fix_client.h"
#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox/bank/direct_link.h"
#include "adapters/sandbox/bank/fix_desk.h"
#include "adapters/sandbox/bank/fx.h"
#include "adapters/sandbox/bank/lock_ends.h"
#include "adapters/sandbox/bank/telephone.h"
#include "adapters/sandbox/channel.h"
#include "adapters/sandbox/customs.h"
#include "customs/payment_enterprises.h"

namespace huiqiao::app {

using namespace std::chrono_literals;

std::unique_ptr<sandbox::Counterparty> make_bank(const Stage& stage, const std::string& name, db::Database& books) {
    const Config::Bank& bank = stage.config.bank_named(name);
    const Config::SandboxBank played = stage.config.sandbox_bank(name);
    const Result<std::string> rates = read_text(stage.rates_file);
    sandbox::bank::FxSettings fx{
        .prices = sandbox::bank::PriceBook::parse(rates.value(), played.half_spread_bp).value(),
        .board_life = played.board_life,
        .lock_life = played.lock_life,
        .settle_after = played.settle_after};
    sandbox::bank::FixDeskSettings fix{.prices = fx.prices, .accounts = {}};
    sandbox::bank::BankSettings settings;
    for (const auto* accounts : {&stage.config.accounts, &stage.config.own_accounts}) {
        for (const Config::ProvisionAccount& account : *accounts) {
            if (account.bank == name) settings.accounts.emplace_back(account.name, account.currency.code());
            if (account.bank != name) settings.elsewhere.emplace(account.name, account.bank);
        }
    }
    settings.cut_off_hour = played.cut_off_hour;
    settings.execute_after = played.execute_after;
    settings.customer_id = bank.client_id;
    settings.customer_key =
        stage.keys.signing_key(bank.client_key, crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    settings.bank_key = stage.keys.signing_key(bank.verify_key, crypto::SignatureAlgorithm::Ed25519).value();
    sandbox::bank::DirectLinkFrontSettings link{.prices = fx.prices, .charset = bank.direct_link.charset};
    std::vector<std::unique_ptr<sandbox::bank::BankPart>> parts;
    parts.push_back(std::make_unique<sandbox::bank::Telephone>(fx.prices, fx.settle_after));
    parts.push_back(std::make_unique<sandbox::bank::LockEndDesk>(
        sandbox::bank::LockEndSettings{.prices = fx.prices, .settle_after = fx.settle_after}));
    auto room = std::make_unique<sandbox::bank::ForeignExchange>(std::move(fx));
    if (bank.deals == kFixDeals) fix.accounts.insert(bank.foreign.begin(), bank.foreign.end());
    auto fix_desk = std::make_unique<sandbox::bank::FixDesk>(*room, std::move(fix));
    parts.push_back(std::move(room));
    parts.push_back(std::move(fix_desk));
    parts.push_back(std::make_unique<sandbox::bank::DirectLinkFront>(std::move(link)));
    return std::make_unique<sandbox::bank::Bank>(books, std::move(settings), std::move(parts), stage.clock.now());
}

std::unique_ptr<sandbox::Counterparty> make_channel(const Stage& stage, db::Database& books, const Calendar& calendar) {
    sandbox::ChannelSettings settings;
    settings.bank = stage.config.bank;
    settings.settlement_account = stage.config.cny_account;
    settings.buyer_pays_after = 90s;
    for (const calls::CounterpartySettings& each : stage.config.counterparties) {
        if (each.name == "sandbox-pay") settings.pay_url_base = each.base_url + "/pay/";
    }
    settings.cost_basis_points = 10;  // below every agreed fee: what the channel keeps is covered without a top-up
    auto own = stage.keys.signing_key("sandbox_channel", crypto::SignatureAlgorithm::Ed25519).value();
    auto theirs = stage.keys.signing_key("channel_client", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    return std::make_unique<sandbox::Channel>(books, stage.ids, std::move(own), std::move(theirs), &calendar,
                                              std::move(settings));
}

std::unique_ptr<sandbox::Counterparty> make_customs(const Stage& stage, db::Database& books, const CustomsKeys& own) {
    const Config::Institution& institution = stage.config.institution;
    const Result<std::string> table = read_text(stage.tables / "payment_enterprises.csv");
    sandbox::CustomsSettings settings;
    settings.senders.push_back(
        {institution.dxp_id, institution.customs_code, institution.customs_name,
         stage.keys.signing_key("customs_rsa", crypto::SignatureAlgorithm::RsaSha1).value().verify_key()});
    settings.enterprises.emplace_back(institution.customs_code, institution.customs_name);
    const auto registered = customs::parse_payment_enterprises(table.value()).value();
    for (const auto& [code, name] : registered) settings.enterprises.emplace_back(code, name);
    settings.key = &own.key;
    settings.certificate = &own.certificate;
    return std::make_unique<sandbox::Customs>(books, std::move(settings));
}

CustomsKeys customs_keys(const Stage& stage) {
    auto key = stage.keys.signing_key("sandbox_customs", crypto::SignatureAlgorithm::RsaSha1).value();
    auto certificate =
        stage.keys.certificate("sandbox_customs", key, "Sandbox Single Window", stage.clock.now()).value();
    return {std::move(key), std::move(certificate)};
}

std::unique_ptr<sandbox::FixHost> host_fix(const Config& config, const std::string& name,
                                           const std::filesystem::path& directory, sandbox::FixHost::Ask ask) {
    for (const calls::CounterpartySettings& counterparty : config.counterparties) {
        const auto address = fix44::fix_address(counterparty.dealing_url);
        if (counterparty.name != name || !address) continue;
        const Config::Bank& bank = config.bank_named(name);
        fix44::SessionSettings session;
        session.accepts = true;
        session.port = address->second;
        session.sender = bank.fix_target;
        session.target = bank.fix_sender;
        session.heart_beat_s = bank.fix_heart_beat_s;
        session.directory = (directory / "fix" / name).string();
        std::filesystem::create_directories(directory / "fix" / name);
        return std::make_unique<sandbox::FixHost>(session, std::move(ask));
    }
    return nullptr;
}

}  // namespace huiqiao::app
