#include "src/app/bench_serve.h"

#include <poll.h>

#include <stdexcept>

#include "src/app/config.h"
#include "src/app/free_port.h"
#include "src/crypto/key_store.h"
#include "src/http/cpprest_client.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
constexpr int kPause_ms = 2;  // between two looks

}  // namespace

BenchInstitution::BenchInstitution(std::filesystem::path directory, const std::filesystem::path& config_directory)
    : directory_(std::filesystem::absolute(std::move(directory))),
      config_file_(std::filesystem::absolute(config_directory) / "huiqiao.conf") {
    crypto::SystemRandom random;
    crypto::KeyStore store(directory_ / "keys", crypto::MissingKeys::Create, random);
    if (!crypto::load_institution_keys(store, "Huiqiao Bench", SystemClock().now()))
        throw std::runtime_error("The keys of the bench's institution cannot be made.");
    for (const char* name : {"bank_client", "channel_client", "sandbox_channel"})
        (void)store.signing_key(name, crypto::SignatureAlgorithm::Ed25519).value();
    const Result<Config> config = load_config(config_file_);
    if (!config) throw std::runtime_error(config.error().english());
    for (const Config::Bank& bank : config->banks)
        (void)store.signing_key(bank.verify_key, crypto::SignatureAlgorithm::Ed25519).value();
    (void)store.signing_key("sandbox_customs", crypto::SignatureAlgorithm::RsaSha1).value();
}

BenchKeys BenchInstitution::keys() const {
    crypto::SystemRandom random;
    crypto::KeyStore store(directory_ / "keys", crypto::MissingKeys::Refuse, random);
    auto all = crypto::load_institution_keys(store, "Huiqiao Bench", SystemClock().now()).value();
    return {std::move(all.sealing), std::move(all.blind_index)};
}

std::vector<std::string> BenchInstitution::serve(const db::DatabaseSettings& database, int platforms_port,
                                                 int operators_port) const {
    std::vector<std::string> command{own_program().string(), "serve", "--config", config_file_.string()};
    const auto set = [&command](const std::string& what) {
        command.emplace_back("--set");
        command.push_back(what);
    };
    set("keys.directory=" + (directory_ / "keys").string());
    set("keys.create=yes");
    set("listen.platforms_port=" + std::to_string(platforms_port));
    set("listen.notices_port=" + std::to_string(free_port()));
    set("listen.operators_port=" + std::to_string(operators_port));
    if (database.engine == db::Engine::Sqlite) {
        set("database.path=" + database.path);
    } else {
        set("database.engine=mariadb");
        set("database.socket=" + database.socket);
        set("database.name=" + database.name);
        set("database.user=" + database.user);
    }
    return command;
}

BenchService::BenchService(const BenchInstitution& institution, const db::DatabaseSettings& database)
    : platforms_port_(free_port()),
      operators_port_(free_port()),
      log_(institution.directory() / ("service-" + std::to_string(platforms_port_) + ".log")),
      begun_(clock_.monotonic()),
      process_(institution.serve(database, platforms_port_, operators_port_), log_) {}

std::int64_t BenchService::ready() {
    http::CpprestClient client(clock_, {});
    while (clock_.monotonic() - begun_ < kPatience && process_.is_running()) {
        http::OutgoingRequest request;
        request.base_url = "http://127.0.0.1:" + std::to_string(operators_port_);
        request.target = "/health/ready";
        request.deadline = clock_.monotonic() + 5s;
        const http::Outcome outcome = http::call(client, std::move(request), clock_);
        if (outcome.kind == http::OutcomeKind::Answered && outcome.answer.status == 200)
            return (clock_.monotonic() - begun_).count();
        ::poll(nullptr, 0, kPause_ms);
    }
    throw std::runtime_error("A service does not come up; see " + log_.string());
}

}  // namespace huiqiao::app
