#pragma once
// The program's configuration, read once and checked as a whole before anything starts. No other room reads settings:
// each declares its own struct, and src/app/app.cpp fills it from here.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fx/bank_terms.h"
#include "fx/lock_end.h"
#include "src/api/admission.h"
#include "src/app/settings.h"
#include "src/base/charset.h"
#include "src/base/clock.h"
#include "src/calls/call_worker.h"
#include "src/db/database.h"
#include "src/flow/retention.h"

namespace huiqiao::app {

struct Config {
    db::Engine engine = db::Engine::Sqlite;
    std::string database_path;
    std::string database_socket;
    std::string database_host;
    int database_port = 3306;
    std::string database_name;
    std::string database_user;
    std::filesystem::path password_file;

    std::filesystem::path keys_directory;
    std::filesystem::path fix_directory;  // where the numbers of FIX sessions stand
    bool create_keys = false;

    struct Institution {
        std::string name, name_zh, street, town, post_code, country, customs_code, customs_name, dxp_id;
    } institution;

    Date live_since;  // the first day whose statements and settlement files count

    std::string listen_address;
    int platforms_port = 0;
    int notices_port = 0;
    int operators_port = 0;
    int platforms_threads = 0;
    int notices_threads = 0;
    std::vector<std::string> authorities;
    bool allow_loopback_webhooks = false;
    api::AdmissionSettings admission;
    std::chrono::milliseconds refusal_after{20};  // http::ServerSettings
    flow::RetentionSettings retention;

    std::vector<calls::CounterpartySettings> counterparties;

    struct ProvisionAccount {
        std::string name;
        Currency currency;
        std::string bank;
    };
    std::vector<ProvisionAccount> accounts;      // of a currency, the first that has the money pays
    std::vector<ProvisionAccount> own_accounts;  // not provision accounts: the institution's own money
    std::string cny_account;                     // of `accounts`, and the first: the channel pays into it
    std::string bank;                            // that keeps it

    std::map<std::string, Money> keep;  // by account in CNY: topped up to it from cny_account

    /// A counterparty that keeps accounts of ours. How each adapter is made is src/app/bank_adapters.
    struct Bank {
        std::string name;
        std::string adapter;     // by which accounts are read and payments go out
        std::string deals;       // by which it sells foreign currency; kNoDeals: it does not
        std::string verify_key;  // files of its public key and of ours towards it, without their endings
        std::string client_key;
        std::string client_id;                       // how it knows us
        std::string cny_account;                     // from which purchases are paid; empty where it does not deal
        std::map<std::string, std::string> foreign;  // currency code -> account into which purchases are paid
        /// Where it deals by its direct link: how it writes and how its front machine knows us.
        struct DirectLink {
            Charset charset = Charset::Gbk;
            std::string user;
            std::string client;
            std::string branch;
            std::chrono::seconds rates_last{60};
        };
        DirectLink direct_link;

        std::string fix_sender;  // where it deals over FIX: our name in its session, and its own
        std::string fix_target;
        int fix_heart_beat_s = 30;
        std::string fix_side;  // kSideOfBase or kSideOfDealt

        fx::LockEndTraits lock_ends;  // before their time, by its agreement

        [[nodiscard]] bool is_dealing() const { return !cny_account.empty(); }
    };
    std::vector<Bank> banks;  // in the order of their sections
    /// LogicError where there is none of that name.
    [[nodiscard]] const Bank& bank_named(const std::string& bank_name) const;

    /// How the sandbox plays a bank: what the others' answers are compared with, and how fast it is.
    struct SandboxBank {
        int half_spread_bp = 12;
        std::chrono::seconds board_life{180};
        std::chrono::seconds lock_life{120};
        std::chrono::seconds settle_after{0};   // from a deal, or the beginning of its value date, to its legs
        std::chrono::seconds execute_after{0};  // from receipt of a payment to its execution
        int cut_off_hour = 23;                  // Shanghai; what comes later executes on the next day
    };
    std::map<std::string, SandboxBank> sandbox_banks;  // by bank; one that is not here is as above
    [[nodiscard]] SandboxBank sandbox_bank(const std::string& bank_name) const;
    /// Leaves out every other bank and its accounts, for a stage that has no such counterparty.
    void keep_only(const std::set<std::string>& bank_names);

    std::map<std::string, fx::BankTerms> fx_terms;  // by bank; one that is not here charges nothing beside its rate

    Money query_above = Money::zero(Currency::known("CNY"));
    int fx_orders_a_purchase = 5000;
    std::chrono::seconds fx_gather{0};
    std::chrono::seconds fx_ask_every{0};              // 0: boards are asked only when orders wait
    std::chrono::seconds fx_deadline_lead{4 * 3600};   // told so long before the last cut-off of T+1
    bool held_locks_first = true;                      // before a better price at hand
    std::chrono::seconds statements_every{60};         // asked of each provision account's bank
    std::chrono::seconds settlement_files_every{300};  // asked of the channel, for each day that is awaited
    int customs_orders_a_message = 100;
    std::filesystem::path clock_file;  // empty: the machine's time

    /// What the database room asks for; the password is read from its file here.
    [[nodiscard]] Result<db::DatabaseSettings> database_settings() const;
};

/// All faults at once, each naming file, line and key.
struct ConfigOrFaults {
    std::vector<Error> faults;
    std::optional<Config> config;
};
ConfigOrFaults read_config(Settings settings);

/// The file with its overrides, checked; the first fault where there is one (all are in its text).
Result<Config> load_config(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});

/// The machine's clock, or the stepped one where the configuration names its file.
std::unique_ptr<Clock> make_clock(const Config& config);

/// Of Config::Bank::deals.
inline constexpr const char* kNoDeals = "none";
inline constexpr const char* kPhoneDeals = "phone";  // by voice alone: nothing is asked of it or sent to it
inline constexpr const char* kFixDeals = "fix44";
/// Of Config::Bank::fix_side: what FIX's Side speaks of where an amount in CNY is dealt.
inline constexpr const char* kSideOfBase = "base";
inline constexpr const char* kSideOfDealt = "dealt";

/// "http://127.0.0.1:7801", "127.0.0.1", "[::1]:80", "localhost": whether it can only be this machine.
bool is_loopback(std::string_view address_or_url);

/// Files that stand beside the configuration file (currencies.csv, chart_of_accounts.csv, calendars/), or in the folder
/// "config" beside it.
std::filesystem::path table_directory(const std::filesystem::path& config_file);
/// currencies.csv of that directory, installed for the process. Error where it is missing or wrong.
Status install_currencies(const std::filesystem::path& config_directory);
/// A file's whole text; kBadSetting names it where it cannot be read.
Result<std::string> read_text(const std::filesystem::path& file);

}  // namespace huiqiao::app
