#pragma once
// The sandbox's counterparties as objects, each over its own books: served over sockets by `huiqiao sandbox`, or
// stepped in process by whoever wants no sockets.

#include <filesystem>
#include <memory>
#include <optional>

#include "adapters/sandbox/counterparty.h"
#include "adapters/sandbox/fix_host.h"
#include "src/app/config.h"
#include "src/base/calendar.h"
#include "src/base/id.h"
#include "src/crypto/certificate.h"
#include "src/crypto/key_store.h"
#include "src/db/database.h"

namespace huiqiao::app {

/// What every counterparty is made of. The references outlive it.
struct Stage {
    const Config& config;
    std::filesystem::path tables;      // payment_enterprises.csv, calendars
    std::filesystem::path rates_file;  // the bank's prices
    const Clock& clock;
    IdSource& ids;
    crypto::KeyStore& keys;
};

/// Customs' seal outlives the counterparty that signs by it.
struct CustomsKeys {
    crypto::SigningKey key;
    crypto::Certificate certificate;
};
CustomsKeys customs_keys(const Stage& stage);

/// bank: of the configuration's banks. What it pays to an account that another of them keeps, it sends there.
std::unique_ptr<sandbox::Counterparty> make_bank(const Stage& stage, const std::string& bank, db::Database& books);
std::unique_ptr<sandbox::Counterparty> make_channel(const Stage& stage, db::Database& books, const Calendar& calendar);
std::unique_ptr<sandbox::Counterparty> make_customs(const Stage& stage, db::Database& books, const CustomsKeys& own);

/// That bank's other door, at the port where it is dealt with over FIX; nullptr where it is not. Its numbers stand below
/// `directory`.
std::unique_ptr<sandbox::FixHost> host_fix(const Config& config, const std::string& name,
                                           const std::filesystem::path& directory, sandbox::FixHost::Ask ask);

}  // namespace huiqiao::app
