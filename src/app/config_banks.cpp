#include "src/app/config_banks.h"

#include <algorithm>

#include "adapters/direct_link/wire.h"
#include "adapters/fix44/fix_client.h"
#include "src/app/bank_adapters.h"

namespace huiqiao::app {

namespace {

constexpr std::string_view kAccount = "account ";
constexpr std::string_view kOwnAccount = "own_account ";

constexpr std::string_view kSandbox = "sandbox ";

/// To what the account is topped up; only CNY is moved.
void read_level(Settings& settings, const std::string& section, const std::string& name, Currency currency,
                Config& config) {
    const std::string text = settings.text(section, "keep", "0");
    const Result<Money> level = Money::parse(Currency::known("CNY"), text);
    if (!level) return settings.fault(section, "keep", level.error().english(), level.error().chinese());
    if (!level->is_positive()) return;
    if (currency.code() != "CNY")
        return settings.fault(section, "keep", "only an account in CNY is topped up", "仅人民币账户可设定余额");
    config.keep.emplace(name, *level);
}

std::vector<Config::ProvisionAccount> read_accounts(Settings& settings, Config& config, std::string_view prefix) {
    std::vector<Config::ProvisionAccount> accounts;
    for (const std::string& section : settings.sections(prefix)) {
        const std::string code = settings.text(section, "currency");
        const std::string bank = settings.text(section, "bank");
        const Result<Currency> currency = Currency::find(code);
        if (!currency) {
            settings.fault(section, "currency", currency.error().english(), currency.error().chinese());
            continue;
        }
        const std::string name = section.substr(prefix.size());
        if (prefix == kAccount) read_level(settings, section, name, *currency, config);
        accounts.push_back({name, *currency, bank});
    }
    return accounts;
}

/// A bank is asked by the section of its name.
void check_banks(Settings& settings, const Config& config, std::string_view prefix,
                 const std::vector<Config::ProvisionAccount>& accounts) {
    for (const Config::ProvisionAccount& account : accounts) {
        const bool is_known = std::any_of(config.counterparties.begin(), config.counterparties.end(),
                                          [&](const auto& counterparty) { return counterparty.name == account.bank; });
        if (is_known || account.bank.empty()) continue;
        settings.fault(
            std::string(prefix) + account.name, "bank",
            "'" + account.bank + "' is no counterparty: there is no section [counterparty " + account.bank + "]",
            "“" + account.bank + "”不是对手方：没有 [counterparty " + account.bank + "] 一节");
    }
}

/// Where buyers' money arrives: the one account in CNY, or that of them which is named.
void choose_cny_account(Settings& settings, Config& config) {
    const std::string named = settings.text("collection", "account", "");
    std::vector<const Config::ProvisionAccount*> in_cny;
    std::string names;
    for (const Config::ProvisionAccount& account : config.accounts) {
        if (account.currency.code() != "CNY") continue;
        names += (names.empty() ? "" : ", ") + account.name;
        in_cny.push_back(&account);
    }
    if (in_cny.empty()) {
        settings.fault("collection", "account",
                       "there is no provision account in CNY: buyers' money arrives there, so one [account ...] needs "
                       "currency = CNY",
                       "没有人民币备付金账户：买家的钱到账于此，须有一个 [account ...] 的 currency 为 CNY");
        return;
    }
    const auto chosen = std::find_if(in_cny.begin(), in_cny.end(), [&](const Config::ProvisionAccount* account) {
        return named.empty() ? in_cny.size() == 1 : account->name == named;
    });
    if (chosen == in_cny.end()) {
        settings.fault("collection", "account",
                       "must name the provision account in CNY into which the channel pays; there are: " + names,
                       "须指明渠道入账的人民币备付金账户，现有：" + names);
        return;
    }
    config.cny_account = (*chosen)->name;
    config.bank = (*chosen)->bank;
    // The first account of a currency that has the money pays: what buyers paid in goes before what is kept elsewhere.
    std::stable_partition(config.accounts.begin(), config.accounts.end(),
                          [&](const Config::ProvisionAccount& account) { return account.name == config.cny_account; });
}

/// The one in CNY that this bank keeps, the channel's where there are several, or that which is named.
std::string paying_account(Settings& settings, const Config& config, const std::string& section,
                           const std::string& bank) {
    const std::string named = settings.text(section, "cny_account", "");
    std::vector<std::string> in_cny;
    for (const Config::ProvisionAccount& account : config.accounts) {
        if (account.bank == bank && account.currency.code() == "CNY") in_cny.push_back(account.name);
    }
    if (named.empty()) {
        // The channel's account stands first.
        if (in_cny.size() == 1 || (!in_cny.empty() && in_cny.front() == config.cny_account)) return in_cny.front();
        if (in_cny.empty()) return "";
    } else if (std::find(in_cny.begin(), in_cny.end(), named) != in_cny.end()) {
        return named;
    }
    std::string names;
    for (const std::string& name : in_cny) names += (names.empty() ? "" : ", ") + name;
    settings.fault(section, "cny_account",
                   "must name the provision account in CNY at this bank from which purchases are paid; there are: " +
                       (names.empty() ? "none" : names),
                   "须指明该银行支付购汇款的人民币备付金账户，现有：" + (names.empty() ? "无" : names));
    return "";
}

void read_direct_link(Settings& settings, const std::string& section, Config::Bank& bank) {
    Config::Bank::DirectLink& link = bank.direct_link;
    const std::string charset = settings.choice(section, "encoding", {"GBK", "GB18030", "UTF-8"}, "GBK");
    link.charset = charset_from_text(charset).value_or(Charset::Gbk);
    const auto text = [&](const char* key, std::string by_default, std::size_t most) {
        std::string value = settings.text(section, key, std::move(by_default));
        if (value.size() > most || !from_utf8(link.charset, value)) {
            settings.fault(section, key,
                           "is sent to the bank: at most " + std::to_string(most) + " bytes, all of them in " + charset,
                           "将发送给银行：最多 " + std::to_string(most) + " 字节，且须可用 " + charset + " 表示");
        }
        return value;
    };
    link.user = text("link_user", bank.client_id, 30);
    link.client = text("link_client", "", 10);
    link.branch = text("link_branch", "", 10);
    link.rates_last = std::chrono::seconds(settings.integer(section, "rates_last_s", 60, 10, 600));
    // Its link knows a currency by the bank's own code; one without a code is not bought there.
    std::erase_if(bank.foreign,
                  [](const auto& account) { return !direct_link::code_of(Currency::known(account.first)); });
}

/// Session names stand in files' names and in FIX fields.
std::string session_name(Settings& settings, const std::string& section, const std::string& key) {
    std::string name = settings.text(section, key);
    const bool good =
        name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
    if (!good) settings.fault(section, key, "must be letters, digits, - and _", "只能为字母、数字、- 和 _");
    return name;
}

void read_fix(Settings& settings, const Config& config, const std::string& section, Config::Bank& bank) {
    std::string url;
    for (const calls::CounterpartySettings& each : config.counterparties) {
        if (each.name == bank.name) url = each.dealing_url;
    }
    if (bank.deals != kFixDeals) {
        if (!url.empty())
            settings.fault(section, "dealing_url", "is for a bank with deals = fix44 only",
                           "仅用于 deals = fix44 的银行");
        return;
    }
    if (!fix44::fix_address(url) || !is_loopback(url))
        settings.fault(section, "dealing_url",
                       "must be fix://127.0.0.1:port: a FIX session is neither encrypted nor signed, so a bank "
                       "elsewhere is reached through a TLS tunnel of this machine",
                       "应为 fix://127.0.0.1:端口：FIX 会话既不加密也不签名，连接外部银行须经本机的 TLS 隧道");
    const auto same = [&](const calls::CounterpartySettings& each) { return each.dealing_url == url; };
    if (std::count_if(config.counterparties.begin(), config.counterparties.end(), same) > 1)
        settings.fault(section, "dealing_url", "is another bank's too: each session has an address of its own",
                       "与另一银行相同：每个会话须有各自的地址");
    bank.fix_sender = session_name(settings, section, "fix_sender");
    bank.fix_target = session_name(settings, section, "fix_target");
    bank.fix_heart_beat_s = static_cast<int>(settings.integer(section, "fix_heart_beat_s", 30, 1, 600));
    bank.fix_side = settings.choice(section, "fix_side", {kSideOfBase, kSideOfDealt}, kSideOfBase);
}

/// What a bank's agreement says of locks that are not used; only the way by which they are held knows of it.
void read_lock_ends(Settings& settings, const std::string& section, Config::Bank& bank) {
    for (const std::string& way : settings.list(section, "lock_ends")) {
        if (way == "cancel") {
            bank.lock_ends.can_cancel = true;
        } else if (way == "close_out" || way == "close-out") {
            bank.lock_ends.can_close_out = true;
        } else if (way == "roll") {
            bank.lock_ends.can_roll = true;
        } else {
            settings.fault(section, "lock_ends", "'" + way + "' is no way to end a lock: cancel, close_out, roll",
                           "“" + way + "”不是结束锁汇的方式：cancel、close_out、roll");
        }
    }
    if (bank.lock_ends.can_any() && bank.deals != kSandboxBank)
        settings.fault(section, "lock_ends", "is for a bank with deals = sandbox-bank: by another way no lock is held",
                       "仅用于 deals = sandbox-bank 的银行：其他方式不持有锁汇");
}

/// A bank deals where it keeps an account to pay from and one to be paid into; who says that it deals needs both.
void read_deals(Settings& settings, const Config& config, const std::string& section, Config::Bank& bank) {
    std::map<std::string, std::string> foreign;
    for (const Config::ProvisionAccount& account : config.accounts) {
        if (account.bank == bank.name && account.currency.code() != "CNY")
            foreign.try_emplace(std::string(account.currency.code()), account.name);
    }
    std::vector<std::string> ways = deal_adapters();
    ways.emplace_back(kPhoneDeals);
    ways.emplace_back(kNoDeals);
    const std::string said = settings.choice(section, "deals", ways, foreign.empty() ? kNoDeals : bank.adapter);
    bank.deals = said;
    if (said == kNoDeals) return;
    bank.cny_account = paying_account(settings, config, section, bank.name);
    bank.foreign = std::move(foreign);
    if (said == kDirectLink) read_direct_link(settings, section, bank);
    if (bank.foreign.empty())
        settings.fault(section, "deals",
                       "this bank keeps no provision account in a foreign currency, into which a purchase could be "
                       "paid: give it one [account ...], or say deals = none",
                       "该银行没有外币备付金账户，购得的外汇无处入账：请增加 [account ...]，或设为 deals = none");
    const bool has_cny = std::any_of(config.accounts.begin(), config.accounts.end(), [&](const auto& account) {
        return account.bank == bank.name && account.currency.code() == "CNY";
    });
    if (!has_cny)
        settings.fault(section, "deals",
                       "this bank keeps no provision account in CNY, from which a purchase could be paid: give it an "
                       "[account ...] with currency = CNY, or say deals = none",
                       "该银行没有人民币备付金账户，无法支付购汇款：请增加 currency 为 CNY 的 [account ...]，或设为 "
                       "deals = none");
}

Config::Bank read_bank(Settings& settings, const Config& config, const std::string& name) {
    const std::string section = "counterparty " + name;
    Config::Bank bank;
    bank.name = name;
    bank.adapter = settings.choice(section, "adapter", account_adapters(), account_adapters().front());
    std::string key = name;
    std::replace(key.begin(), key.end(), '-', '_');
    bank.verify_key = settings.text(section, "verify_key", key);
    bank.client_key = settings.text(section, "client_key", "bank_client");
    bank.client_id = settings.text(section, "client_id", "huiqiao");
    read_deals(settings, config, section, bank);
    read_fix(settings, config, section, bank);
    read_lock_ends(settings, section, bank);
    return bank;
}

void read_sandbox(Settings& settings, const std::string& section, Config& config) {
    Config::SandboxBank bank;
    const auto seconds = [&](const char* key, std::chrono::seconds by_default) {
        return std::chrono::seconds(settings.integer(section, key, by_default.count(), 0, 86'400));
    };
    bank.half_spread_bp = static_cast<int>(settings.integer(section, "half_spread_bp", bank.half_spread_bp, 0, 140));
    bank.board_life = seconds("board_life_s", bank.board_life);
    bank.lock_life = seconds("lock_life_s", bank.lock_life);
    bank.settle_after = seconds("settle_after_s", bank.settle_after);
    bank.execute_after = seconds("execute_after_s", bank.execute_after);
    bank.cut_off_hour = static_cast<int>(settings.integer(section, "cut_off_hour", bank.cut_off_hour, 1, 23));
    config.sandbox_banks.emplace(section.substr(kSandbox.size()), bank);
}

bool keeps_an_account(const Config& config, const std::string& counterparty) {
    const auto is_here = [&](const Config::ProvisionAccount& account) { return account.bank == counterparty; };
    return std::any_of(config.accounts.begin(), config.accounts.end(), is_here) ||
           std::any_of(config.own_accounts.begin(), config.own_accounts.end(), is_here);
}

/// Only what pays purchases is topped up.
void check_levels(Settings& settings, const Config& config) {
    for (const auto& [account, level] : config.keep) {
        const bool pays = std::any_of(config.banks.begin(), config.banks.end(),
                                      [&](const Config::Bank& bank) { return bank.cny_account == account; });
        if (!pays && account != config.cny_account)
            settings.fault(std::string(kAccount) + account, "keep",
                           "no purchase is paid from this account, so it has no level: its bank does not deal, or pays "
                           "from another",
                           "该账户不支付购汇款（其银行不办理购汇，或从其他账户支付），不能设定余额");
    }
}

}  // namespace

void read_banks(Settings& settings, Config& config) {
    config.accounts = read_accounts(settings, config, kAccount);
    config.own_accounts = read_accounts(settings, config, kOwnAccount);
    check_banks(settings, config, kAccount, config.accounts);
    check_banks(settings, config, kOwnAccount, config.own_accounts);
    choose_cny_account(settings, config);
    if (config.keep.contains(config.cny_account))
        settings.fault(std::string(kAccount) + config.cny_account, "keep",
                       "the channel pays into this account, from which the others are topped up: it has no level",
                       "渠道入账于此账户，其余账户由它补足，不能设定余额");
    for (const std::string& section : settings.sections(kSandbox)) read_sandbox(settings, section, config);
    for (const calls::CounterpartySettings& counterparty : config.counterparties) {
        if (keeps_an_account(config, counterparty.name)) {
            config.banks.push_back(read_bank(settings, config, counterparty.name));
            continue;
        }
        static_cast<void>(settings.list("counterparty " + counterparty.name, "lock_ends"));  // it holds no lock of ours
        if (!counterparty.dealing_url.empty()) {
            settings.fault("counterparty " + counterparty.name, "dealing_url",
                           "is for a bank that keeps an account of ours, with deals = fix44",
                           "仅用于开有本机构账户且 deals = fix44 的银行");
        }
    }
    check_levels(settings, config);
}

Config::SandboxBank Config::sandbox_bank(const std::string& bank_name) const {
    const auto found = sandbox_banks.find(bank_name);
    return found == sandbox_banks.end() ? SandboxBank{} : found->second;
}

void Config::keep_only(const std::set<std::string>& bank_names) {
    const auto is_other = [&](const ProvisionAccount& account) { return !bank_names.contains(account.bank); };
    for (const ProvisionAccount& account : accounts) {
        if (is_other(account)) keep.erase(account.name);
    }
    std::erase_if(accounts, is_other);
    std::erase_if(own_accounts, is_other);
    std::set<std::string> others;
    for (const Bank& each : banks) {
        if (!bank_names.contains(each.name)) others.insert(each.name);
    }
    std::erase_if(counterparties, [&](const calls::CounterpartySettings& each) { return others.contains(each.name); });
    std::erase_if(banks, [&](const Bank& each) { return !bank_names.contains(each.name); });
}

const Config::Bank& Config::bank_named(const std::string& bank_name) const {
    const auto found =
        std::find_if(banks.begin(), banks.end(), [&](const Bank& each) { return each.name == bank_name; });
    if (found == banks.end()) throw LogicError("no account is kept at '" + bank_name + "'");
    return *found;
}

}  // namespace huiqiao::app
