#include "src/app/bank_adapters.h"

#include "adapters/direct_link/adapter.h"
#include "adapters/fix44/adapter.h"
#include "adapters/fix44/fix_client.h"
#include "adapters/fix44/routed_client.h"
#include "adapters/sandbox_bank/adapter.h"
#include "adapters/sandbox_bank/fx_adapter.h"
#include "adapters/sandbox_bank/lock_end_adapter.h"

namespace huiqiao::app {

namespace {

/// Our key towards a bank and its own, as its messages are signed. It stays where it is made: the signature refers to
/// the key.
class BankKeys {
 public:
    BankKeys(const Config::Bank& bank, crypto::KeyStore& keys)
        : client_key_(keys.signing_key(bank.client_key, crypto::SignatureAlgorithm::Ed25519).value()),
          signature_(bank.client_id, client_key_,
                     keys.verify_key(bank.verify_key, crypto::SignatureAlgorithm::Ed25519).value()) {}
    BankKeys(const BankKeys&) = delete;
    BankKeys& operator=(const BankKeys&) = delete;

    [[nodiscard]] const sandbox_bank::BankSignature& signature() const { return signature_; }

 private:
    crypto::SigningKey client_key_;
    sandbox_bank::BankSignature signature_;
};

class SandboxBankAdapter final : public BankAdapter {
 public:
    SandboxBankAdapter(const Config::Bank& bank, crypto::KeyStore& keys)
        : keys_(bank, keys),
          remittances_(keys_.signature()),
          statements_(keys_.signature()),
          deals_(keys_.signature()),
          lock_ends_(keys_.signature(), bank.lock_ends) {}

    [[nodiscard]] const remittance::RemittanceBank* remittances() const override { return &remittances_; }
    [[nodiscard]] const reconciliation::AccountBank* statements() const override { return &statements_; }
    [[nodiscard]] const fx::FxBank* deals() const override { return &deals_; }
    [[nodiscard]] const fx::LockEndBank* lock_ends() const override { return &lock_ends_; }

 private:
    BankKeys keys_;
    sandbox_bank::SandboxRemittanceBank remittances_;
    sandbox_bank::SandboxAccountBank statements_;
    sandbox_bank::SandboxFxBank deals_;
    sandbox_bank::SandboxLockEnds lock_ends_;
};

class DirectLinkAdapter final : public BankAdapter {
 public:
    DirectLinkAdapter(const Config::Bank& bank, crypto::KeyStore& keys)
        : keys_(bank, keys),
          deals_(keys_.signature(), direct_link::DirectLinkSettings{.charset = bank.direct_link.charset,
                                                                    .user = bank.direct_link.user,
                                                                    .client = bank.direct_link.client,
                                                                    .account = bank.cny_account,
                                                                    .branch = bank.direct_link.branch,
                                                                    .rates_last = bank.direct_link.rates_last}) {}

    [[nodiscard]] const fx::FxBank* deals() const override { return &deals_; }

 private:
    BankKeys keys_;
    direct_link::DirectLinkBank deals_;
};

class FixBankAdapter final : public BankAdapter {
 public:
    explicit FixBankAdapter(const Config::Bank& bank) : deals_(settings_of(bank)) {}
    [[nodiscard]] const fx::FxBank* deals() const override { return &deals_; }

 private:
    static fix44::FxSettings settings_of(const Config::Bank& bank) {
        fix44::FxSettings settings;
        for (const auto& [code, account] : bank.foreign) settings.currencies.push_back(Currency::known(code));
        if (bank.fix_side == kSideOfDealt) settings.side = fix44::SideOf::DealtCurrency;
        return settings;
    }

    fix44::Fix44FxBank deals_;
};

std::unique_ptr<BankAdapter> make_adapter(const std::string& kind, const Config::Bank& bank, crypto::KeyStore& keys) {
    if (kind == kSandboxBank) return std::make_unique<SandboxBankAdapter>(bank, keys);
    if (kind == kDirectLink) return std::make_unique<DirectLinkAdapter>(bank, keys);
    if (kind == kFixDeals) return std::make_unique<FixBankAdapter>(bank);
    throw LogicError("no adapter is called '" + kind + "'");
}

}  // namespace

std::vector<std::string> account_adapters() {
    return {kSandboxBank};
}

std::vector<std::string> deal_adapters() {
    return {kSandboxBank, kDirectLink, kFixDeals};
}

BankAdapters::BankAdapters(const std::vector<Config::Bank>& banks, crypto::KeyStore& keys) {
    for (const Config::Bank& bank : banks) {
        OneBank one;
        one.accounts = make_adapter(bank.adapter, bank, keys);
        const bool has_port = bank.is_dealing() && bank.deals != kPhoneDeals;
        if (has_port && bank.deals != bank.adapter) one.other_deals = make_adapter(bank.deals, bank, keys);
        const BankAdapter& dealing = one.other_deals ? *one.other_deals : *one.accounts;
        if (has_port) one.deals = dealing.deals();
        // Whatever the settings let be asked now: what became of an end that was ordered before is still found out.
        if (has_port) one.lock_ends = dealing.lock_ends();
        banks_.emplace(bank.name, std::move(one));
    }
}

flow::RemittanceBanks BankAdapters::remittance_banks() const {
    std::map<std::string, const remittance::RemittanceBank*> ports;
    for (const auto& [name, bank] : banks_) ports.emplace(name, bank.accounts->remittances());
    return flow::RemittanceBanks(std::move(ports));
}

flow::AccountBanks BankAdapters::account_banks() const {
    std::map<std::string, const reconciliation::AccountBank*> ports;
    for (const auto& [name, bank] : banks_) ports.emplace(name, bank.accounts->statements());
    return flow::AccountBanks(std::move(ports));
}

const fx::FxBank* BankAdapters::fx_bank(const std::string& bank) const {
    const auto found = banks_.find(bank);
    return found == banks_.end() ? nullptr : found->second.deals;
}

const fx::LockEndBank* BankAdapters::lock_ends(const std::string& bank) const {
    const auto found = banks_.find(bank);
    return found == banks_.end() ? nullptr : found->second.lock_ends;
}

Status BankAdapters::check_payouts() const {
    for (const auto& [name, bank] : banks_) {
        const Status good = remittance::check_for_automatic_payout(name, bank.accounts->remittances()->traits());
        if (!good) return good;
    }
    return Done{};
}

std::unique_ptr<http::Client> with_fix_sessions(const Config& config, const Clock& clock,
                                                std::unique_ptr<http::Client> others, fix44::Unawaited& unawaited) {
    fix44::FixClient::Sessions sessions;
    for (const calls::CounterpartySettings& counterparty : config.counterparties) {
        const auto address = fix44::fix_address(counterparty.dealing_url);
        if (!address) continue;  // the configuration has been checked: only banks that deal so have one
        const Config::Bank& bank = config.bank_named(counterparty.name);
        fix44::SessionSettings& session = sessions[counterparty.dealing_url];
        session.host = address->first;
        session.port = address->second;
        session.sender = bank.fix_sender;
        session.target = bank.fix_target;
        session.heart_beat_s = bank.fix_heart_beat_s;
        session.directory = (config.fix_directory / bank.name).string();
    }
    if (sessions.empty()) return others;
    return std::make_unique<fix44::RoutedClient>(std::make_unique<fix44::FixClient>(clock, sessions, unawaited),
                                                 std::move(others));
}

}  // namespace huiqiao::app
