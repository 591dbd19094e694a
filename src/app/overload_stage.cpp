#include "src/app/overload_stage.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "src/app/bench_load.h"
#include "src/app/config.h"
#include "src/app/written_orders_store.h"
#include "src/base/encoding.h"
#include "src/base/id.h"
#include "src/crypto/key_store.h"
#include "src/db/database.h"
#include "src/http/json_writer.h"
#include "src/http/message_signature.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 60s;
constexpr std::string_view kNumberField = "\"platform_order_no\":\"";

std::uint16_t free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                       ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    ::close(descriptor);
    if (!bound) throw std::runtime_error("No free port on 127.0.0.1.");
    return ntohs(address.sin_port);
}

std::string platform_name(int which) {
    return "load" + std::to_string(which);
}

}  // namespace

OverloadStage::OverloadStage(fs::path directory, fs::path config_file)
    : directory_(fs::absolute(std::move(directory))),
      config_file_(std::move(config_file)),
      client_(clock_, http::CpprestClientSettings{}) {
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "sandbox");
    const Result<Config> given = load_config(config_file_);
    if (!given) throw std::runtime_error(given.error().english());
    for (const char* name :
         {"bank", "channel", "customs", "platforms", "notices", "operators", "front", "front_notices"})
        ports_[name] = free_port();
    std::vector<std::string> other_banks;
    for (const Config::Bank& bank : given->banks) {
        if (bank.name == given->bank) continue;
        other_banks.push_back(bank.name);
        ports_[bank.name] = free_port();
    }
    const auto url = [&](const std::string& name) { return "http://127.0.0.1:" + std::to_string(ports_.at(name)); };
    for (const std::string& setting :
         {"database.path=" + (directory_ / "huiqiao.db").string(), "keys.directory=" + (directory_ / "keys").string(),
          std::string("keys.create=yes"), "institution.live_since=" + Date::in_shanghai(clock_.now()).text(),
          "listen.platforms_port=" + std::to_string(ports_["platforms"]),
          "listen.notices_port=" + std::to_string(ports_["notices"]),
          "listen.operators_port=" + std::to_string(ports_["operators"]),
          "counterparty " + given.value().bank + ".base_url=" + url("bank"),
          "counterparty sandbox-pay.base_url=" + url("channel"),
          "counterparty single-window.base_url=" + url("customs")}) {
        settings_.insert(settings_.end(), {"--set", setting});
    }
    for (const std::string& bank : other_banks)
        settings_.insert(settings_.end(), {"--set", "counterparty " + bank + ".base_url=" + url(bank)});
    for (const std::string& bank : other_banks)
        start(bank,
              {"sandbox", "bank", "--name", bank, "--port", std::to_string(ports_[bank]), "--directory",
               directory_ / "sandbox"},
              "/admin/idle");
    for (const char* role : {"bank", "channel", "customs"})
        start(role, {"sandbox", role, "--port", std::to_string(ports_[role]), "--directory", directory_ / "sandbox"},
              "/admin/idle");
    write_parties();
    run({"migrate"}, "migrate");
    run({"register", directory_ / "parties.json", "--make-keys"}, "register");
    crypto::KeyStore store(directory_ / "keys", crypto::MissingKeys::Refuse, random_);
    for (int which = 0; which < kPlatforms; ++which)
        keys_.push_back(store.signing_key("plt_" + platform_name(which), crypto::SignatureAlgorithm::Ed25519).value());
    channel_key_ = store.signing_key("sandbox_channel", crypto::SignatureAlgorithm::Ed25519).value();
    start("operators", {"serve"}, "/health/ready");
}

OverloadStage::~OverloadStage() = default;

void OverloadStage::write_parties() const {
    http::JsonWriter json;
    json.open_object().key("platforms").open_array();
    for (int which = 0; which < kPlatforms; ++which)
        json.open_object()
            .field("id", "plt_" + platform_name(which))
            .field("name", "Platform " + platform_name(which))
            .field("customs_code", "4403160H7K")
            .field("customs_name", "示例平台")
            .field("identity_verified", false)
            .close_object();
    json.close_array().key("merchants").open_array();
    for (int which = 0; which < kPlatforms; ++which) {
        json.open_object()
            .field("id", "mch_" + platform_name(which))
            .field("platform_id", "plt_" + platform_name(which))
            .field("name", "Merchant");
        json.key("agreement").open_object().field("fee_basis_points", 30).key("fee_minimum").open_object();
        json.field("currency", "CNY").field("amount", "0.50").close_object();
        json.field("channel_cost", "institution").field("fx_result", "institution").close_object().close_object();
    }
    json.close_array().key("payees").open_array();
    for (int which = 0; which < kPlatforms; ++which)
        json.open_object()
            .field("id", "pye_" + platform_name(which))
            .field("merchant_id", "mch_" + platform_name(which))
            .field("currency", "USD")
            .field("country", "US")
            .field("name", "Payee Ltd")
            .field("account", "4401998812")
            .field("bic", "EXMPUS6S")
            .field("clearing_code", "122199983")
            .field("bank_name", "Example Bank")
            .field("street", "118 Harbor Way")
            .field("town", "Portland")
            .field("post_code", "97201")
            .field("residence", "US")
            .close_object();
    json.close_array().close_object();
    std::ofstream(directory_ / "parties.json") << json.take();
}

std::vector<std::string> OverloadStage::command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), own_program().string());
    arguments.insert(arguments.end(), {"--config", config_file_.string()});
    arguments.insert(arguments.end(), settings_.begin(), settings_.end());
    return arguments;
}

void OverloadStage::run(std::vector<std::string> arguments, const std::string& log) {
    const fs::path file = directory_ / (log + ".log");
    if (ChildProcess(command(std::move(arguments)), file).wait_for_end() != 0)
        throw std::runtime_error("A step of the preparation failed; see " + file.string());
}

void OverloadStage::start(const std::string& name, std::vector<std::string> arguments,
                          const std::string& ready_target) {
    const fs::path log = directory_ / (name + ".log");
    processes_.insert_or_assign(name, ChildProcess(command(std::move(arguments)), log));
    const Monotonic until = clock_.monotonic() + kPatience;
    while (clock_.monotonic() < until && processes_.at(name).is_running()) {
        const http::Outcome outcome = call(get(name, ready_target));
        if (outcome.kind == http::OutcomeKind::Answered && outcome.answer.status == 200) return;
        pause(10ms);
    }
    throw std::runtime_error("The process '" + name + "' does not come up; see " + log.string());
}

void OverloadStage::pause(std::chrono::milliseconds time) {
    ::poll(nullptr, 0, static_cast<int>(time.count()));
}

std::vector<std::string> OverloadStage::signed_orders(int count) {
    std::vector<std::string> requests;
    requests.reserve(static_cast<std::size_t>(count));
    for (int at = 0; at < count; ++at) {
        const int which = orders_ % kPlatforms;
        const std::string number = "LOAD-" + std::to_string(1'000'000'000 + orders_++);
        http::OutgoingRequest request;
        request.method = http::Method::Post;
        request.base_url = "http://127.0.0.1:" + std::to_string(ports_.at("platforms"));
        request.target = "/v1/orders";
        request.headers.set("Content-Type", "application/json");
        request.headers.set("Idempotency-Key", "overload-" + number);
        request.body =
            "{" + std::string(kNumberField) + number + R"(","merchant_id":"mch_)" + platform_name(which) +
            R"(","trade_kind":"hotel","payout_kind":"fx","payout_currency":"USD","payee_id":"pye_)" +
            platform_name(which) +
            R"(","total":{"currency":"CNY","amount":"219.00"},"freight":{"currency":"CNY","amount":"0.00"},)"
            R"("tax":{"currency":"CNY","amount":"0.00"},"discount":{"currency":"CNY","amount":"0.00"},)"
            R"("lines":[{"name":"Room","quantity":1,"unit_price":{"currency":"CNY","amount":"219.00"},)"
            R"("total":{"currency":"CNY","amount":"219.00"}}],"buyer":{"name":"张三",)"
            R"("identity_type":"resident_id","identity_number":"11010519491231002X","phone":"13800000000"}})";
        http::sign_request(request, {&keys_[static_cast<std::size_t>(which)], "key_" + platform_name(which)},
                           clock_.now(), random_);
        requests.push_back(request_bytes(request));
    }
    return requests;
}

std::string OverloadStage::number_of(const std::string& request) {
    const std::size_t at = request.find(kNumberField) + kNumberField.size();
    return request.substr(at, request.find('"', at) - at);
}

http::OutgoingRequest OverloadStage::notice(int number) {
    http::OutgoingRequest request = get("notices", "/notices/sandbox-pay");
    request.method = http::Method::Post;
    const std::string id = std::to_string(number);
    request.body = R"({"event_id":"ev-)" + id +
                   R"(","event_type":"PAYMENT","mch_id":"1900000109","out_trade_no":"none-)" + id +
                   R"(","trade_state":"CLOSED","currency":"CNY"})";
    const std::string timestamp = std::to_string(to_us(clock_.now()) / 1'000'000);
    IdSource ids(clock_, random_);
    const std::string nonce = ids.random_reference("", 26);
    request.headers.set("Content-Type", "application/json");
    request.headers.set("X-Pay-Key-Id", "pay-1");
    request.headers.set("X-Pay-Timestamp", timestamp);
    request.headers.set("X-Pay-Nonce", nonce);
    request.headers.set("X-Pay-Signature",
                        base64(channel_key_->sign(timestamp + "\n" + nonce + "\n" + request.body + "\n")));
    return request;
}

http::OutgoingRequest OverloadStage::get(const std::string& listener, const std::string& target) const {
    http::OutgoingRequest request;
    request.base_url = "http://127.0.0.1:" + std::to_string(ports_.at(listener));
    request.target = target;
    return request;
}

http::Outcome OverloadStage::call(http::OutgoingRequest request) {
    request.deadline = clock_.monotonic() + 30s;
    return http::call(client_, std::move(request), clock_);
}

std::uint16_t OverloadStage::start_front() {
    const auto at = [&](const char* name) { return "127.0.0.1:" + std::to_string(ports_.at(name)); };
    processes_.insert_or_assign(
        "front", ChildProcess({"/usr/bin/env", "HUIQIAO_BIND_PLATFORMS=" + at("front"),
                               "HUIQIAO_BIND_NOTICES=" + at("front_notices"), "HUIQIAO_PLATFORMS=" + at("platforms"),
                               "HUIQIAO_NOTICES=" + at("notices"), "HUIQIAO_FROM_ONE_ADDRESS=3000", "/usr/sbin/haproxy",
                               "-db", "-f", (config_file_.parent_path() / "haproxy.cfg").string()},
                              directory_ / "haproxy.log"));
    const Monotonic until = clock_.monotonic() + kPatience;
    while (call(get("front", "/openapi.json")).kind != http::OutcomeKind::Answered) {
        if (clock_.monotonic() > until || !processes_.at("front").is_running())
            throw std::runtime_error("HAProxy does not come up; see " + (directory_ / "haproxy.log").string());
        pause(10ms);
    }
    return ports_.at("front");
}

std::set<std::string> OverloadStage::stop_and_read_orders() {
    if (const auto service = processes_.find("operators"); service != processes_.end()) service->second.terminate();
    processes_.clear();
    db::DatabaseSettings settings;
    settings.path = (directory_ / "huiqiao.db").string();
    db::Database database(std::move(settings), clock_);
    std::set<std::string> numbers;
    database.read([&](db::Reader& reader) { numbers = written_order_numbers(reader); });
    return numbers;
}

}  // namespace huiqiao::app
