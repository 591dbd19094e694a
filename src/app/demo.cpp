#include "src/app/demo.h"

#include <spdlog/fmt/fmt.h>

#include <fstream>
#include <iostream>

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

void say(const std::string& what) { std::cout << "  " << what << std::endl; }

/// What to inject where, and the sentence for the viewer.
struct Injection {
    const char* counterparty;
    const char* fault;
    int count;
    const char* with;  // JSON of the fault's parameters, or ""
    const char* what;
};

constexpr Injection kFirstMorning[] = {
    {"channel", "timeout_after_effect", 2, "", "the channel falls silent after it took an order (twice)"},
    {"channel", "notice_twice", 3, "", "three notices are sent twice"},
    {"channel", "notice_late", 2, R"({"delay_s":"2400"})", "two notices come forty minutes late"},
    {"channel", "notice_lost", 3, "", "three notices are lost"},
    {"channel", "notice_forged", 2, "", "two notices carry a forged signature first"},
    {"channel", "notice_wrong_amount", 1, "", "a notice names a wrong amount"},
    {"channel", "paid_wrong_amount", 1, "", "a buyer pays a wrong amount"},
    {"customs", "reject", 1, "", "customs rejects a declaration"},
    {"customs", "receipt_late", 1, "", "a receipt of customs is late"},
};
constexpr Injection kSecondMorning[] = {
    {"bank", "fx_lock_expires", 1, "", "a lock has expired when it is used"},
    {"bank", "timeout_after_effect", 2, "", "the bank deals or pays, and its answer is lost (twice)"},
    {"bank", "reject", 1, "", "the bank rejects a payment for good"},
    {"bank", "late_status", 1, "", "the bank says what became of a payment only later"},
};

class Demo {
   public:
    explicit Demo(const DemoCommand& command)
        : command_(command),
          start_(Date::of_number(kFirstDay).at_shanghai(9)),
          world_(command.directory, command.config_directory, start_, command.on_mariadb) {}

    bool run();

   private:
    void set_the_stage();
    void submit_orders();
    void inject(std::span<const Injection> injections);
    void live_until(Instant until, std::chrono::seconds step);
    void kill_and_restart(const std::string& when);
    void close_day();
    void job(const std::string& name, const std::vector<std::string>& more = {});
    DemoResult result();
    std::vector<DemoFault> endings();
    int happened(const std::string& counterparty, const std::string& fault);

    const DemoCommand& command_;
    Instant start_;
    DemoWorld world_;
    crypto::SystemRandom random_;
    std::vector<DemoPlatform> platforms_;
    std::unique_ptr<DemoWebhooks> webhooks_;
    int kills_ = 0;
    bool replay_was_equal_ = false;
    std::vector<Injection> injected_;
};

void Demo::job(const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> command{own_program().string(), name, "--config", world_.config_file().string()};
    command.insert(command.end(), more.begin(), more.end());
    const auto log = world_.directory() / "logs" / (name + ".log");
    ChildProcess process(command, log);
    if (process.wait_for_end() != 0) throw std::runtime_error("'huiqiao " + name + "' failed; see " + log.string());
}

void Demo::set_the_stage() {
    say("Starting the sandbox: a bank, a collection channel, customs 启动沙箱：银行、收款渠道、海关");
    world_.start_sandbox();
    job("migrate");
    crypto::KeyStore keys(world_.directory() / "keys", crypto::MissingKeys::Create, random_);
    const crypto::VerifyKey service =
        keys.signing_key("answers", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    std::string platform_keys;
    for (const char* id : kPlatforms) {
        // The third signs by the national algorithm.
        const auto algorithm = platforms_.size() == 2 ? crypto::SignatureAlgorithm::Sm2Sm3
                                                      : crypto::SignatureAlgorithm::Ed25519;
        platforms_.emplace_back(id, crypto::SigningKey::generate(algorithm, random_), service.pem(), world_, random_);
        platform_keys += (platform_keys.empty() ? "" : ",") + platforms_.back().key_json();
    }
    std::string parties = read_text(command_.sample_data / "parties.json").value();
    parties.insert(parties.find('{') + 1, "\"keys\":[" + platform_keys + "],");
    const auto file = world_.directory() / "parties.json";
    std::ofstream(file) << parties;
    job("register", {file.string(), "--webhooks", world_.url("webhooks")});
    webhooks_ = std::make_unique<DemoWebhooks>(world_.clock(), service, world_.port("webhooks"));
    if (const Status started = webhooks_->start(); !started) throw std::runtime_error(started.error().english());
    say("Starting the service 启动服务");
    world_.start_service();
    world_.settle();
}

void Demo::inject(std::span<const Injection> injections) {
    for (const Injection& each : injections) {
        std::string body = fmt::format(R"({{"fault":"{}","count":{})", each.fault, each.count);
        if (*each.with != 0) body += fmt::format(R"(,"with":{})", each.with);
        world_.fault(each.counterparty, body + "}");
        injected_.push_back(each);
    }
}

void Demo::submit_orders() {
    say("Three platforms submit their orders over the signed API 三个平台经签名 API 提交订单");
    for (DemoPlatform& platform : platforms_) {
        const std::string batch =
            read_text(command_.sample_data / "orders" / (platform.id() + ".json")).value();
        const std::string key = "demo-batch-0001-" + platform.id();
        const std::string first = platform.submit(batch, key);
        const bool refused = first.find("\"status\":\"refused\"") != std::string::npos;
        if (refused) throw std::runtime_error(platform.id() + ": an order was refused: " + first.substr(0, 2000));
        if (&platform == &platforms_.front()) replay_was_equal_ = platform.submit(batch, key) == first;
        if (&platform == &platforms_[1]) kill_and_restart("while orders are being placed at the channel");
    }
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
    job("close-day");
}

bool Demo::run() {
    const Monotonic began = world_.clock().monotonic();
    set_the_stage();
    inject(kFirstMorning);
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
            inject(kSecondMorning);
            live_until(day.at_shanghai(10, 2), 20s);
            kill_and_restart("in the middle of buying and paying");
            world_.settle();
        }
        live_until(day.at_shanghai(11), days == 0 ? 60s : 10min);
        live_until(day.at_shanghai(23, 59), 1h);
    }
    world_.settle();
    DemoResult shown = result();
    shown.began = start_;
    shown.ended = world_.clock().now();
    shown.took = std::chrono::duration_cast<std::chrono::seconds>(world_.clock().monotonic() - began);
    world_.stop_service();
    const auto house = House::open({world_.config_file(), {}, {}, {}, {}}, false);
    if (house == nullptr) return false;
    const bool good = DemoReport(*house, world_.directory()).write(shown);
    world_.stop_everything();
    return good;
}

int Demo::happened(const std::string& counterparty, const std::string& fault) {
    const http::Json json = world_.ask(counterparty, http::Method::Get, "/admin/faults");
    int count = 0;
    const auto list = json.root().find("happened");
    if (!list) return 0;
    for (const http::JsonValue& each : list->items()) {
        if (const auto name = each.find("fault"); name && name->text() == fault) ++count;
    }
    return count;
}

DemoResult Demo::result() {
    DemoResult shown;
    for (DemoPlatform& platform : platforms_) {
        for (SeenOrder& order : platform.orders()) shown.orders.push_back(std::move(order));
    }
    const http::Json books = world_.ask("bank", http::Method::Get, "/admin/books");
    for (const http::JsonValue& account : books.root().find("accounts")->items()) {
        const auto balance = account.find("balance");
        const Currency currency = Currency::known(balance->find("currency")->text());
        shown.bank.push_back({std::string(account.find("account")->text()),
                              Money::parse(currency, balance->find("amount")->text()).value()});
    }
    shown.webhooks_received = webhooks_->received();
    shown.webhooks_forged = webhooks_->forged();
    shown.faults = endings();
    return shown;
}

std::vector<DemoFault> Demo::endings() {
    std::vector<DemoFault> faults;
    for (const Injection& each : injected_) {
        const int took_place = happened(each.counterparty, each.fault);
        faults.push_back({each.fault, each.what, fmt::format("took place {} of {} times", took_place, each.count),
                          took_place == each.count});
    }
    faults.push_back({"batch_sent_again", "a platform sends its batch again with the same key",
                      replay_was_equal_ ? "it got the same answer, byte by byte, and no second order" : "the answers differ",
                      replay_was_equal_});
    faults.push_back({"kill_9", fmt::format("the service was killed {} times in mid-run", kills_),
                      "it went on where it stood; the proof of the books below covers it", true});
    return faults;
}

}  // namespace

int run_demo(const DemoCommand& command) {
    try {
        if (const Status installed = install_currencies(command.config_directory); !installed) {
            std::cerr << installed.error().english() << '\n';
            return 2;
        }
        return Demo(command).run() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "\nThe demo could not go on: " << error.what() << '\n';
        return 2;
    }
}

}  // namespace huiqiao::app
