#include "src/app/config.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "src/app/config_banks.h"
#include "src/app/stepped_clock.h"

namespace huiqiao::app {

namespace {

constexpr std::string_view kCounterparty = "counterparty ";
constexpr std::string_view kFxTerms = "fx-terms ";
// 70 of 100 of what the write queue holds (db::WriteQueueSettings): the rest is never the platforms'.
constexpr std::int64_t kMostOrdersWaiting = 14'000;
constexpr std::string_view kLimitsOf = "limits ";

void read_database(Settings& settings, Config& config) {
    config.engine = settings.choice("database", "engine", {"sqlite", "mariadb"}, "sqlite") == "sqlite"
                        ? db::Engine::Sqlite
                        : db::Engine::MariaDb;
    config.database_path = settings.text("database", "path", "data/huiqiao.db");
    config.database_socket = settings.text("database", "socket", "");
    config.database_host = settings.text("database", "host", "");
    config.database_port = static_cast<int>(settings.integer("database", "port", 3306, 1, 65535));
    config.database_name = settings.text("database", "name", "huiqiao");
    config.database_user = settings.text("database", "user", "huiqiao");
    config.password_file = settings.text("database", "password_file", "");
    if (config.engine == db::Engine::MariaDb && config.database_socket.empty() && config.database_host.empty())
        settings.fault("database", "socket", "MariaDB needs a socket, or a host", "MariaDB 需要 socket 或 host");
}

/// "http://host", "https://host:port", "http://[::1]:port"; no path, since requests bring their own.
bool is_base_url(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!url.starts_with(scheme)) continue;
        url.remove_prefix(scheme.size());
        const std::size_t host_end = url.starts_with('[') ? url.find(']') + 1 : url.find(':');
        const std::string_view host = url.substr(0, host_end);
        const std::string_view rest = host_end >= url.size() ? std::string_view{} : url.substr(host_end);
        const bool is_v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
        const std::string_view allowed =
            is_v6 ? "0123456789abcdefABCDEF:.[]" : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_";
        if (host.empty() || host.find_first_not_of(allowed) != std::string_view::npos) return false;
        if (rest.empty()) return true;
        int port = 0;
        const auto [stop, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
        return rest.front() == ':' && error == std::errc{} && stop == rest.data() + rest.size() && port >= 1 &&
               port <= 65535;
    }
    return false;
}

void read_institution(Settings& settings, Config::Institution& institution) {
    const auto read = [&](const char* key, std::string& into) { into = settings.text("institution", key); };
    read("name", institution.name);
    read("name_zh", institution.name_zh);
    read("street", institution.street);
    read("town", institution.town);
    read("post_code", institution.post_code);
    read("country", institution.country);
    read("customs_code", institution.customs_code);
    read("customs_name", institution.customs_name);
    read("dxp_id", institution.dxp_id);
}

void read_listeners(Settings& settings, Config& config) {
    config.listen_address = settings.text("listen", "address", "127.0.0.1");
    config.platforms_port = static_cast<int>(settings.integer("listen", "platforms_port", 8080, 0, 65535));
    config.notices_port = static_cast<int>(settings.integer("listen", "notices_port", 8081, 0, 65535));
    config.operators_port = static_cast<int>(settings.integer("listen", "operators_port", 8082, 0, 65535));
    const std::pair<const char*, int> ports[] = {{"platforms_port", config.platforms_port},
                                                 {"notices_port", config.notices_port},
                                                 {"operators_port", config.operators_port}};
    for (std::size_t one = 1; one < std::size(ports); ++one) {
        for (std::size_t other = 0; other < one; ++other) {
            if (ports[one].second == 0 || ports[one].second != ports[other].second) continue;
            const std::string taken = std::string("listen.") + ports[other].first;
            settings.fault("listen", ports[one].first, "is the port of " + taken + " too: each listener needs its own",
                           "与 " + taken + " 端口相同，每个监听须用各自的端口");
        }
    }
    config.platforms_threads = static_cast<int>(settings.integer("listen", "platforms_threads", 384, 8, 2000));
    config.notices_threads = static_cast<int>(settings.integer("listen", "notices_threads", 32, 4, 500));
    config.authorities = settings.list("listen", "authorities");
    config.allow_loopback_webhooks = settings.boolean("webhooks", "allow_loopback", false);
    if (config.allow_loopback_webhooks && !is_loopback(config.listen_address))
        settings.fault("webhooks", "allow_loopback", "is allowed only while listen.address is loopback",
                       "仅当 listen.address 为回环地址时允许");
}

api::PlatformLimits read_limits_of(Settings& settings, const std::string& section, const api::PlatformLimits& base) {
    const auto read = [&](const char* key, std::int64_t by_default, std::int64_t most) {
        return settings.integer(section, key, by_default, 1, most);
    };
    api::PlatformLimits limits;
    limits.requests_per_second =
        static_cast<int>(read("platform_requests_a_second", base.requests_per_second, 100'000));
    limits.burst = static_cast<int>(read("platform_burst", base.burst, 1'000'000));
    limits.under_way = static_cast<int>(read("platform_under_way", base.under_way, 2000));
    limits.orders_waiting = static_cast<std::size_t>(
        read("platform_orders_waiting", static_cast<std::int64_t>(base.orders_waiting), 20'000));
    return limits;
}

void read_limits(Settings& settings, Config& config) {
    api::AdmissionSettings& admission = config.admission;
    admission.each = read_limits_of(settings, "limits", admission.each);
    for (const std::string& section : settings.sections(kLimitsOf))
        admission.of_platform[section.substr(kLimitsOf.size())] = read_limits_of(settings, section, admission.each);
    admission.under_way = static_cast<int>(settings.integer("limits", "under_way", admission.under_way, 1, 2000));
    admission.reads_under_way =
        static_cast<int>(settings.integer("limits", "reads_under_way", admission.reads_under_way, 1, 2000));
    // The write queue takes 20,000; what platforms may not fill is for notices and the answers of banks.
    admission.orders_waiting =
        static_cast<std::size_t>(settings.integer("limits", "orders_waiting", 4000, 1, kMostOrdersWaiting));
    admission.retry_after_most_s = static_cast<int>(settings.integer("limits", "retry_after_most_s", 30, 1, 30));
    config.refusal_after = std::chrono::milliseconds(settings.integer("limits", "refusal_after_ms", 20, 0, 40));
    if (admission.reads_under_way > admission.under_way)
        settings.fault("limits", "reads_under_way", "reads are turned away before writes: at most limits.under_way",
                       "读请求先于写请求被拒，不得大于 limits.under_way");
    if (admission.under_way >= config.platforms_threads)
        settings.fault("limits", "under_way", "must leave threads to refuse with: below listen.platforms_threads",
                       "须为拒绝请求留出线程，应小于 listen.platforms_threads");
}

void read_retention(Settings& settings, flow::RetentionSettings& retention) {
    const auto days = [&](const char* key, std::int64_t by_default, std::int64_t least) {
        return std::chrono::hours(24 * settings.integer("retention", key, by_default, least, 36'600));
    };
    retention.polls = days("polls_days", 30, 1);
    retention.events = days("events_days", 180, 7);
    retention.notices = days("notices_days", 3660, 1830);
    retention.quotes = days("quotes_days", 180, 7);
    retention.work_items = days("work_items_days", 1830, 365);
    retention.exposure = days("exposure_days", 180, 7);
    retention.offers = days("offers_days", 3660, 1830);
}

void read_counterparties(Settings& settings, Config& config) {
    for (const std::string& section : settings.sections(kCounterparty)) {
        calls::CounterpartySettings counterparty;
        counterparty.name = section.substr(kCounterparty.size());
        counterparty.base_url = settings.text(section, "base_url");
        if (!counterparty.base_url.empty() && !is_base_url(counterparty.base_url))
            settings.fault(section, "base_url", "must be http://host[:port] or https://host[:port], without a path",
                           "应为 http://主机[:端口] 或 https://主机[:端口]，不带路径");
        counterparty.dealing_url = settings.text(section, "dealing_url", "");
        counterparty.timeout = std::chrono::milliseconds(settings.integer(section, "timeout_ms", 10'000, 100, 60'000));
        counterparty.concurrency = static_cast<int>(settings.integer(section, "concurrency", 8, 1, 64));
        counterparty.max_answer_bytes =
            static_cast<std::size_t>(settings.integer(section, "max_answer_kib", 2048, 64, 65'536)) * 1024;
        config.counterparties.push_back(std::move(counterparty));
    }
}

Money cny_of(Settings& settings, const std::string& section, const std::string& key, std::string by_default) {
    const Currency cny = Currency::known("CNY");
    const Result<Money> amount = Money::parse(cny, settings.text(section, key, std::move(by_default)));
    if (amount) return *amount;
    settings.fault(section, key, amount.error().english(), amount.error().chinese());
    return Money::zero(cny);
}

void read_polls(Settings& settings, Config& config) {
    const auto every = [&](const char* key, std::int64_t by_default) {
        return std::chrono::seconds(settings.integer("polls", key, by_default, 10, 43'200));
    };
    config.statements_every = every("statements_s", 60);
    config.settlement_files_every = every("settlement_files_s", 300);
}

void read_fx(Settings& settings, Config& config) {
    config.fx_orders_a_purchase = static_cast<int>(settings.integer("fx", "orders_a_purchase", 5000, 1, 20'000));
    config.fx_gather = std::chrono::seconds(settings.integer("fx", "gather_s", 30, 0, 86'400));
    // The rules for payment institutions: a rate is passed on unchanged, and what is earned is a visible fee.
    if (settings.integer("fx", "markup_bp", 0, -10'000, 10'000) != 0)
        settings.fault("fx", "markup_bp",
                       "the client's rate is the bank's, and a markup is not allowed; agree on a fee with the merchant",
                       "客户汇率即银行汇率，不允许加点；收费请在商户协议中约定手续费");
    config.fx_ask_every = std::chrono::seconds(settings.integer("fx", "ask_every_s", 0, 0, 86'400));
    config.fx_deadline_lead = std::chrono::hours(settings.integer("fx", "deadline_lead_h", 4, 0, 168));
    config.held_locks_first = settings.choice("fx", "held_locks", {"first", "best"}, "first") == "first";
    for (const std::string& section : settings.sections(kFxTerms)) {
        fx::BankTerms terms;
        terms.flat_fee = cny_of(settings, section, "flat_fee", "0");
        terms.fee_basis_points = static_cast<int>(settings.integer(section, "fee_basis_points", 0, 0, 1000));
        terms.least_fee = cny_of(settings, section, "least_fee", "0");
        if (const Money largest = cny_of(settings, section, "largest_deal", "0"); largest.is_positive())
            terms.largest_deal = largest;
        config.fx_terms.emplace(section.substr(kFxTerms.size()), terms);
    }
}

void read_clock(Settings& settings, Config& config) {
    config.clock_file = settings.text("clock", "file", "");
    if (config.clock_file.empty()) return;
    bool loopback = is_loopback(config.listen_address);
    for (const auto& counterparty : config.counterparties) {
        loopback = loopback && is_loopback(counterparty.base_url) &&
                   (counterparty.dealing_url.empty() || is_loopback(counterparty.dealing_url));
    }
    if (!loopback)
        settings.fault("clock", "file",
                       "a stepped clock is refused unless all listeners and counterparties are on loopback",
                       "仅当所有监听与对手方均为回环地址时才允许步进时钟");
}

}  // namespace

ConfigOrFaults read_config(Settings settings) {
    Config config;
    read_database(settings, config);
    config.keys_directory = settings.text("keys", "directory", "data/keys");
    config.fix_directory = settings.text("fix", "directory", (config.keys_directory.parent_path() / "fix").string());
    config.create_keys = settings.boolean("keys", "create", false);
    read_institution(settings, config.institution);
    const Result<Date> live_since = Date::parse(settings.text("institution", "live_since"));
    if (live_since) {
        config.live_since = *live_since;
    } else {
        settings.fault("institution", "live_since", live_since.error().english(), live_since.error().chinese());
    }
    read_listeners(settings, config);
    read_limits(settings, config);
    read_retention(settings, config.retention);
    read_counterparties(settings, config);
    read_banks(settings, config);
    config.query_above = cny_of(settings, "collection", "query_above", "50000.00");
    read_polls(settings, config);
    read_fx(settings, config);
    config.customs_orders_a_message = static_cast<int>(settings.integer("customs", "orders_a_message", 100, 1, 100));
    read_clock(settings, config);
    ConfigOrFaults read{settings.finish(), std::nullopt};
    if (read.faults.empty()) read.config = std::move(config);
    return read;
}

Result<Config> load_config(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
    Result<Settings> settings = Settings::read(file);
    if (!settings) return settings.error();
    if (const Status installed = install_currencies(table_directory(file)); !installed) return installed.error();
    for (const std::string& assignment : overrides) {
        if (const Status good = settings.value().override_with(assignment); !good) return good.error();
    }
    ConfigOrFaults read = read_config(std::move(settings).value());
    if (read.config) return std::move(*read.config);
    std::string english;
    std::string chinese;
    for (const Error& fault : read.faults) {
        english += (english.empty() ? "" : "\n") + fault.english();
        chinese += (chinese.empty() ? "" : "\n") + fault.chinese();
    }
    return Error(app_error::kBadSettings, {{"faults", std::move(english)}, {"faults_zh", std::move(chinese)}});
}

std::unique_ptr<Clock> make_clock(const Config& config) {
    if (config.clock_file.empty()) return std::make_unique<SystemClock>();
    return std::make_unique<SteppedClock>(config.clock_file);
}

std::filesystem::path table_directory(const std::filesystem::path& config_file) {
    const std::filesystem::path beside = config_file.parent_path();
    return std::filesystem::exists(beside / "currencies.csv") ? beside : beside / "config";
}

Result<db::DatabaseSettings> Config::database_settings() const {
    db::DatabaseSettings settings;
    settings.engine = engine;
    settings.path = database_path;
    settings.socket = database_socket;
    settings.host = database_host;
    settings.port = database_port;
    settings.name = database_name;
    settings.user = database_user;
    settings.time_from_server = clock_file.empty();
    if (!password_file.empty()) {
        Result<std::string> password = read_text(password_file);
        if (!password) return password.error();
        while (!password.value().empty() && password.value().back() == '\n') password.value().pop_back();
        settings.password = Secret(*password);
    }
    return settings;
}

bool is_loopback(std::string_view address_or_url) {
    const std::size_t scheme = address_or_url.find("://");
    if (scheme != std::string_view::npos) address_or_url.remove_prefix(scheme + 3);
    address_or_url = address_or_url.substr(0, address_or_url.find('/'));
    if (address_or_url.starts_with("[::1]") || address_or_url == "::1") return true;
    const std::string_view host = address_or_url.substr(0, address_or_url.rfind(':'));
    if (host == "localhost") return true;
    if (!host.starts_with("127.")) return false;
    return host.find_first_not_of("0123456789.") == std::string_view::npos;  // no name that only begins so
}

Result<std::string> read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return Error(app_error::kUnreadableFile, {{"file", file.string()}});
    }
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

Status install_currencies(const std::filesystem::path& config_directory) {
    const Result<std::string> text = read_text(config_directory / "currencies.csv");
    if (!text) return text.error();
    Result<CurrencyTable> table = CurrencyTable::parse(*text);
    if (!table) return table.error();
    CurrencyTable::install(std::move(table).value());
    return Done{};
}

}  // namespace huiqiao::app
