#pragma once
// The adapters of every configured bank: one by which its accounts are read and payments go out, and one by which it
// sells foreign currency, mostly the same. Which there are is told by name (account_adapters, deal_adapters), which a
// bank has by its section in the configuration. A bank's adapter knows the keys that both sides have; it decides
// nothing and knows no other bank.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fx/fx_bank.h"
#include "fx/lock_end_bank.h"
#include "src/app/config.h"
#include "src/crypto/key_store.h"
#include "src/flow/bank_ports.h"
#include "src/http/client.h"

namespace huiqiao::fix44 {
class Unawaited;
}  // namespace huiqiao::fix44

namespace huiqiao::app {

inline constexpr const char* kSandboxBank = "sandbox-bank";
inline constexpr const char* kDirectLink = "direct-link";  // of `deals` only

/// What stands for `adapter` and for `deals` in a bank's section; the first is the default.
std::vector<std::string> account_adapters();
std::vector<std::string> deal_adapters();

/// One way to talk to one bank. What it does not speak is nullptr.
class BankAdapter {
 public:
    virtual ~BankAdapter() = default;
    [[nodiscard]] virtual const remittance::RemittanceBank* remittances() const { return nullptr; }
    [[nodiscard]] virtual const reconciliation::AccountBank* statements() const { return nullptr; }
    [[nodiscard]] virtual const fx::FxBank* deals() const { return nullptr; }
    [[nodiscard]] virtual const fx::LockEndBank* lock_ends() const { return nullptr; }
};

class BankAdapters {
 public:
    /// The keys must have been checked (counterparty_keys.h). LogicError for an adapter of no known name.
    BankAdapters(const std::vector<Config::Bank>& banks, crypto::KeyStore& keys);

    [[nodiscard]] flow::RemittanceBanks remittance_banks() const;
    [[nodiscard]] flow::AccountBanks account_banks() const;
    /// nullptr where the bank does not deal.
    [[nodiscard]] const fx::FxBank* fx_bank(const std::string& bank) const;
    /// nullptr where the bank ends no lock before its time.
    [[nodiscard]] const fx::LockEndBank* lock_ends(const std::string& bank) const;
    /// kNoAutomaticPayout for the first bank through which nothing may be paid.
    [[nodiscard]] Status check_payouts() const;

 private:
    struct OneBank {
        std::unique_ptr<BankAdapter> accounts;
        std::unique_ptr<BankAdapter> other_deals;  // where it deals by another way
        const fx::FxBank* deals = nullptr;
        const fx::LockEndBank* lock_ends = nullptr;
    };
    std::map<std::string, OneBank> banks_;
};

/// The client for calls outside: requests to banks that deal over FIX go by their sessions, all others by `others`.
/// unawaited outlives it.
std::unique_ptr<http::Client> with_fix_sessions(const Config& config, const Clock& clock,
                                                std::unique_ptr<http::Client> others, fix44::Unawaited& unawaited);

}  // namespace huiqiao::app
