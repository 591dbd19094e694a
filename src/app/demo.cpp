#include "src/app/demo.h"

#include <spdlog/fmt/fmt.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "src/app/demo_desk.h"
#include "src/app/demo_platform.h"
#include "src/app/demo_report.h"
#include "src/app/demo_webhooks.h"
#include "src/app/demo_world.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr int kFirstDay = 20260512;  // a Tuesday that works in every currency of the sample data
constexpr const char* kPlatforms[] = {"plt_haitaohui", "plt_bluewhale", "plt_campusfly"};

struct DemoOptions {
    std::filesystem::path directory;
    std::filesystem::path config_directory = "config";
    std::filesystem::path sample_data = "sample_data";
    bool on_mariadb = false;
};

void say(const std::string& what) {
    std::cout << "  " << what << std::endl;
}

/// What to inject where, and the sentence for the viewer. It is injected once for each match (a JSON object of the
/// sandbox's faults); different faults meet different orders, so that each has an ending of its own.
struct Injection {
    const char* counterparty;
    const char* fault;
    std::vector<std::string> matches;
    const char* with;  // JSON object, or ""
    const char* what;
};

std::vector<std::string> orders_numbered(const char* field, const char* before, std::initializer_list<int> numbers) {
    std::vector<std::string> matches;
    for (const int number : numbers)
        matches.push_back(fmt::format(R"({{"{}":"{}HTH-20260512-{:04}"}})", field, before, number));
    return matches;
}

std::vector<std::string> paying(std::initializer_list<int> numbers) {
    return orders_numbered("subject", "Order ", numbers);
}
std::vector<std::string> declaring(int number) {
    return orders_numbered("order_no", "", {number});
}

std::vector<Injection> first_morning() {
    return {
        {"channel", "timeout_after_effect", paying({1, 2}), "",
         "The channel falls silent after it took an order, twice. 渠道收单后无应答（两次）"},
        {"channel", "notice_twice", paying({3, 4, 5}), "", "Three notices are sent twice. 三条通知重复发送"},
        {"channel", "notice_late", paying({6, 7}), R"({"delay_s":"2400"})",
         "Two notices come forty minutes late. 两条通知迟到四十分钟"},
        {"channel", "notice_lost", paying({8, 9, 10}), "", "Three notices are lost. 三条通知丢失"},
        {"channel", "notice_forged", paying({11, 12}), "",
         "Two forged notices come before the genuine ones. 两条伪造通知"},
        {"channel", "notice_wrong_amount", paying({13}), "", "A notice names a wrong amount. 一条通知金额有误"},
        {"channel", "paid_wrong_amount", paying({14}), "", "A buyer pays a wrong amount. 一位买家付款金额有误"},
        {"customs", "reject", declaring(30), "", "Customs rejects a declaration. 海关退单"},
        {"customs", "receipt_late", declaring(31), "",
         "The receipt of a declaration is an hour late. 一条回执迟到一小时"},
        {"customs", "receipt_twice", declaring(32), "", "The receipt of a declaration comes twice. 一条回执重复"},
    };
}

std::vector<Injection> second_morning(const std::string& cny_account) {
    return {
        {"bank", "fx_lock_expires", {"{}"}, "", "A lock has expired when it is used. 锁汇使用时已过期"},
        {"bank",
         "timeout_after_effect",
         {R"({"method":"POST","path":"/v1/fx/purchases"})"},
         "",
         "The bank deals, and its answer is lost. 银行成交，应答丢失"},
        {"bank",
         "timeout_after_effect",
         {R"({"method":"POST","path":"/v1/payments"})"},
         "",
         "The bank takes payments, and its answer is lost. 银行受理付款，应答丢失"},
        {"bank",
         "reject",
         {R"({"account":")" + cny_account + R"(","to":"payee"})"},
         "",
         "The bank rejects a payment for good. 银行拒绝一笔付款"},
        {"bank", "late_status", {"{}"}, "", "The bank tells only later what became of payments. 银行延迟告知付款结果"},
    };
}

/// Whether what a fault met is what the match named.
bool fits(const std::string& match, const std::map<std::string, std::string>& about) {
    for (const auto& [name, value] : about) {
        const bool named = match.find("\"" + name + "\":") != std::string::npos;
        if (named && match.find("\"" + value + "\"") == std::string::npos) return false;
    }
    return true;
}

class Demo {
 public:
    explicit Demo(const DemoOptions& options)
        : options_(options),
          start_(Date::of_number(kFirstDay).at_shanghai(9)),
          world_({.directory = options.directory,
                  .config_directory = options.config_directory,
                  .start = start_,
                  .on_mariadb = options.on_mariadb,
                  .one_bank = false}) {}

    bool run();

 private:
    void set_the_stage();
    void submit_orders();
    void submit_second_day();
    void telephone(Date day);
    void inject(const std::vector<Injection>& injections);
    void live_until(Instant until, std::chrono::seconds step);
    void kill_and_restart(const std::string& when);
    void close_day();
    void job(const std::string& name, const std::vector<std::string>& more = {});
    DemoResult result();
    std::vector<DemoTook> happened(const Injection& injection);

    const DemoOptions& options_;
    Instant start_;
    DemoWorld world_;
    crypto::SystemRandom random_;
    std::vector<DemoPlatform> platforms_;
    std::unique_ptr<DemoWebhooks> webhooks_;
    std::unique_ptr<DemoDesk> desk_;
    int kills_ = 0;
    bool replay_was_equal_ = false;
    std::vector<Injection> injected_;
};

void Demo::job(const std::string& name, const std::vector<std::string>& more) {
    if (world_.job(name, more) == 0) return;
    const auto log = world_.directory() / "logs" / (name + ".log");
    throw std::runtime_error("'huiqiao " + name + "' failed; see " + log.string());
}

void Demo::set_the_stage() {
    say(fmt::format(
        "Starting the sandbox: {0} banks, a collection channel, customs 启动沙箱：{0} 家银行、收款渠道、海关",
        world_.given().banks.size()));
    world_.start_sandbox();
    job("migrate");
    crypto::KeyStore keys(world_.directory() / "keys", crypto::MissingKeys::Create, random_);
    const crypto::VerifyKey service =
        keys.signing_key("answers", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    std::string platform_keys;
    for (const char* id : kPlatforms) {
        // The third signs by the national algorithm.
        const auto algorithm =
            platforms_.size() == 2 ? crypto::SignatureAlgorithm::Sm2Sm3 : crypto::SignatureAlgorithm::Ed25519;
        platforms_.emplace_back(id, keys.signing_key(id, algorithm).value(), service.pem(),
                                DemoConnection{world_.client(), world_.clock(), world_.url("platforms")}, random_);
        platform_keys += (platform_keys.empty() ? "" : ",") + platforms_.back().key_json();
    }
    std::string parties = read_text(options_.sample_data / "parties.json").value();
    parties.insert(parties.find('{') + 1, "\"keys\":[" + platform_keys + "],");
    const auto file = world_.directory() / "parties.json";
    std::ofstream(file) << parties;
    job("register", {file.string(), "--webhooks", world_.url("webhooks")});
    desk_ = std::make_unique<DemoDesk>(world_, keys, random_);
    webhooks_ = std::make_unique<DemoWebhooks>(world_.clock(), service, world_.port("webhooks"));
    if (const Status started = webhooks_->start(); !started) throw std::runtime_error(started.error().english());
    say("Starting the service 启动服务");
    world_.start_service();
    world_.settle();
}

void Demo::inject(const std::vector<Injection>& injections) {
    for (const Injection& each : injections) {
        for (const std::string& match : each.matches) {
            std::string body = fmt::format(R"({{"fault":"{}","count":1,"match":{})", each.fault, match);
            if (*each.with != 0) body += fmt::format(R"(,"with":{})", each.with);
            world_.fault(each.counterparty, body + "}");
        }
        injected_.push_back(each);
    }
}

void Demo::submit_orders() {
    say("Three platforms submit their orders over the signed API 三个平台经签名 API 提交订单");
    for (DemoPlatform& platform : platforms_) {
        const std::string batch = read_text(options_.sample_data / "orders" / (platform.id() + ".json")).value();
        const std::string key = "demo-batch-0001-" + platform.id();
        const std::string first = platform.submit(batch, key);
        const bool refused = first.find("\"status\":\"refused\"") != std::string::npos;
        if (refused) throw std::runtime_error(platform.id() + ": an order was refused: " + first.substr(0, 2000));
        if (&platform == &platforms_.front()) replay_was_equal_ = platform.submit(batch, key) == first;
        if (&platform == &platforms_[1]) kill_and_restart("while orders are being placed at the channel");
    }
}

/// Every bank has CNY of ours by now, so the desk may choose among all of them.
void Demo::submit_second_day() {
    say("The second day's orders are submitted 提交次日订单");
    for (DemoPlatform& platform : platforms_) {
        const auto file = options_.sample_data / "orders" / "second_day" / (platform.id() + ".json");
        if (std::filesystem::exists(file))
            (void)platform.submit(read_text(file).value(), "demo-batch-0002-" + platform.id());
    }
    live_until(world_.clock().now() + 5min, 15s);
}

/// The only bank that the desk may ask for GBP refuses every deal in it, so somebody calls another one.
void Demo::telephone(Date day) {
    say("No bank that is asked sells GBP today: a dealer buys it on the telephone, and a second person confirms with "
        "the "
        "bank's slip 当日无银行线上售出英镑：交易员电话购汇，另一人凭成交单确认");
    world_.fault("bank", R"({"fault":"fx_reject","count":-1,"match":{"currency":"GBP"}})");
    while (world_.clock().now() < day.at_shanghai(10, 20)) {
        if (desk_->buy_by_phone("tower-bank", "GBP")) return;
        live_until(world_.clock().now() + 10s, 10s);
    }
    throw std::runtime_error("Nothing was bought on the telephone: " + desk_->why_not().substr(0, 500));
}

void Demo::kill_and_restart(const std::string& when) {
    say("kill -9 of the service " + when + ", and its restart 强制杀死服务并重启");
    world_.kill_service();
    ++kills_;
    world_.start_service();
}

void Demo::live_until(Instant until, std::chrono::seconds step) {
    while (world_.clock().now() < until) {
        world_.advance(std::min(step, std::chrono::duration_cast<std::chrono::seconds>(until - world_.clock().now())));
    }
}

void Demo::close_day() {
    job("reconcile");
    job("close-day");
}

bool Demo::run() {
    const Monotonic began = world_.clock().monotonic();
    set_the_stage();
    inject(first_morning());
    submit_orders();
    const Date first = Date::of_number(kFirstDay);
    say("Buyers pay; notices come, some of them badly 买家付款，通知到达");
    live_until(first.at_shanghai(9, 10), 15s);
    live_until(first.at_shanghai(10, 30), 60s);
    live_until(first.at_shanghai(23, 59), 30min);
    Date day = first;
    for (int days = 0; days < 4; ++days) {
        live_until(day.plus_days(1).at_shanghai(0, 5), 6min);
        close_day();
        day = day.plus_days(1);
        live_until(day.at_shanghai(9, 55), 1h);
        if (days == 0) {
            say("The channel's money arrives; currency is bought and remitted 渠道结算入账，购汇，付汇");
            inject(second_morning(world_.given().cny_account));
            live_until(day.at_shanghai(10, 2), 20s);
            kill_and_restart("in the middle of buying and paying");
            world_.settle();
        }
        if (days == 1) telephone(day);
        live_until(day.at_shanghai(11), days == 0 ? 60s : 10min);
        if (days == 0) submit_second_day();
        live_until(day.at_shanghai(23, 59), 1h);
    }
    world_.settle();
    DemoResult shown = result();
    shown.began = start_;
    shown.ended = world_.clock().now();
    shown.took = std::chrono::duration_cast<std::chrono::seconds>(world_.clock().monotonic() - began);
    world_.stop_service();
    const auto house = House::open({world_.config_file(), {}}, false);
    if (house == nullptr) return false;
    const bool good = DemoReport(*house, world_.directory()).write(shown);
    world_.stop_everything();
    return good;
}

std::vector<DemoTook> Demo::happened(const Injection& injection) {
    const http::Json json = world_.ask(injection.counterparty, http::Method::Get, "/admin/faults");
    std::vector<DemoTook> took;
    for (const http::JsonValue& each : json.root().find("happened")->items()) {
        if (each.find("fault")->text() != injection.fault) continue;
        DemoTook one;
        for (const auto& [name, value] : each.find("about")->fields()) one.about[std::string(name)] = value.text();
        const bool is_ours = std::any_of(injection.matches.begin(), injection.matches.end(),
                                         [&](const std::string& match) { return fits(match, one.about); });
        if (is_ours) took.push_back(std::move(one));
    }
    return took;
}

DemoResult Demo::result() {
    DemoResult shown;
    for (DemoPlatform& platform : platforms_) {
        for (SeenOrder& order : platform.orders()) shown.orders.push_back(std::move(order));
    }
    for (const Config::Bank& bank : world_.given().banks) {
        const std::string role = bank.name == world_.given().bank ? "bank" : bank.name;
        const http::Json books = world_.ask(role, http::Method::Get, "/admin/books");
        for (const http::JsonValue& account : books.root().find("accounts")->items()) {
            const auto balance = account.find("balance");
            const Currency currency = Currency::known(balance->find("currency")->text());
            shown.bank.push_back({std::string(account.find("account")->text()),
                                  Money::parse(currency, balance->find("amount")->text()).value()});
        }
    }
    shown.webhooks_received = webhooks_->received();
    shown.webhooks_forged = webhooks_->forged();
    for (const Injection& each : injected_)
        shown.injected.push_back(
            {each.counterparty, each.fault, each.what, static_cast<int>(each.matches.size()), happened(each)});
    shown.kills = kills_;
    shown.replay_was_equal = replay_was_equal_;
    return shown;
}

int run_demo(const DemoOptions& options) {
    try {
        if (const Status installed = install_currencies(options.config_directory); !installed) {
            complain(installed.error());
            return 2;
        }
        return Demo(options).run() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "\nThe demo could not go on: " << error.what() << '\n';
        return 2;
    }
}

}  // namespace

void add_demo(CommandLine& line) {
    const auto options = std::make_shared<DemoOptions>();
    CLI::App& demo =
        line.add("demo", "The whole path with faults, on sample data", [options] { return run_demo(*options); });
    demo.add_option("--into", options->directory)->default_val("build/demo");
    demo.add_flag("--mariadb", options->on_mariadb, "On a private MariaDB server");
}

}  // namespace huiqiao::app
