#include "src/app/demo_world.h"

#include <poll.h>

#include <fstream>
#include <set>
#include <stdexcept>

#include "src/app/config.h"
#include "src/app/free_port.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 60s;  // of the machine's time, for a start, or with nothing done in a step
constexpr int kPause_ms = 3;     // between two looks
constexpr auto kCallTimeout = 30s;

Config read_given(const fs::path& file) {
    Result<Config> config = load_config(file);
    if (!config) throw std::runtime_error(config.error().english());
    return std::move(config).value();
}

/// Of the file's banks that are not on the stage, and of their accounts.
std::set<std::string> other_sections(const fs::path& file, const Config& staged) {
    std::set<std::string> sections;
    const Config all = read_given(file);
    for (const Config::Bank& bank : all.banks) {
        if (bank.name == staged.bank) continue;
        sections.insert("[counterparty " + bank.name + "]");
        sections.insert("[sandbox " + bank.name + "]");
        sections.insert("[fx-terms " + bank.name + "]");
    }
    for (const Config::ProvisionAccount& account : all.accounts) {
        if (account.bank != staged.bank) sections.insert("[account " + account.name + "]");
    }
    for (const Config::ProvisionAccount& account : all.own_accounts) {
        if (account.bank != staged.bank) sections.insert("[own_account " + account.name + "]");
    }
    return sections;
}

}  // namespace

DemoWorld::DemoWorld(DemoStage stage)
    : stage_(std::move(stage)),
      given_(read_given(stage_.config_directory / "huiqiao.conf")),
      directory_(fs::absolute(stage_.directory)) {
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "logs");
    fs::create_directories(directory_ / "sandbox");
    for (const char* name : {"bank", "channel", "customs", "platforms", "notices", "operators", "webhooks"})
        ports_[name] = free_port();
    if (stage_.one_bank) given_.keep_only({given_.bank});
    for (const auto& [role, name] : banks()) {
        ports_.try_emplace(role, free_port());
        ports_.try_emplace(role + " fix", free_port());
    }
    SteppedClock::create(directory_ / "clock", stage_.start);
    clock_ = std::make_unique<SteppedClock>(directory_ / "clock");
    if (stage_.service_has_own_clock) {
        SteppedClock::create(directory_ / "service_clock", stage_.start);
        service_clock_ = std::make_unique<SteppedClock>(directory_ / "service_clock");
    }
    client_ = std::make_unique<http::CpprestClient>(*clock_, http::CpprestClientSettings{});
    if (stage_.on_mariadb) {
        mariadb_ = std::make_unique<PrivateMariaDb>(directory_ / "mariadb");
        if (stage_.mariadb_user != "root")
            mariadb_->run("CREATE USER " + stage_.mariadb_user + "@localhost; GRANT ALL ON huiqiao.* TO " +
                          stage_.mariadb_user + "@localhost");
    }
    write_config(stage_.config_directory);
}

std::map<std::string, std::string> DemoWorld::banks() const {
    std::map<std::string, std::string> roles;
    for (const Config::Bank& bank : given_.banks)
        roles.emplace(bank.name == given_.bank ? "bank" : bank.name, bank.name);
    return roles;
}

std::string DemoWorld::url(const std::string& name) const {
    return "http://127.0.0.1:" + std::to_string(ports_.at(name));
}

std::string DemoWorld::dealing_url(const std::string& bank) const {
    return "fix://127.0.0.1:" + std::to_string(ports_.at(bank + " fix"));
}

void DemoWorld::write_config(const fs::path& from) {
    fs::create_directories(directory_ / "config");
    for (const auto& entry : fs::directory_iterator(from)) {
        if (entry.path().filename() != "huiqiao.conf")
            fs::copy(entry.path(), directory_ / "config" / entry.path().filename(),
                     fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
    const std::map<std::string, std::string> replaced{
        {"engine", stage_.on_mariadb ? "mariadb" : "sqlite"},
        {"path", (stage_.sqlite_file.empty() ? directory_ / "huiqiao.db" : stage_.sqlite_file).string()},
        {"create", "yes"},
        {"live_since", Date::in_shanghai(clock_->now()).text()},
        {"platforms_port", std::to_string(ports_["platforms"])},
        {"notices_port", std::to_string(ports_["notices"])},
        {"operators_port", std::to_string(ports_["operators"])},
        {"allow_loopback", "yes"},
        {"file", (directory_ / "clock").string()},
    };
    std::map<std::string, std::string> names = banks();
    names.insert({{"channel", "sandbox-pay"}, {"customs", "single-window"}});
    const std::set<std::string> left_out =
        stage_.one_bank ? other_sections(from / "huiqiao.conf", given_) : std::set<std::string>{};
    std::ifstream in(from / "huiqiao.conf");
    std::ofstream out(config_file());
    std::string section;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("[")) section = line;
        if (left_out.contains(section)) continue;
        const std::string key = line.substr(0, line.find(' '));
        const auto value = replaced.find(key);
        if (key == "base_url" || key == "dealing_url") {
            for (const auto& [role, name] : names) {
                if (section == "[counterparty " + name + "]")
                    line = key + " = " + (key == "base_url" ? url(role) : dealing_url(role));
            }
        } else if (key == "directory") {
            line = key + " = " + (directory_ / (section == "[fix]" ? "fix" : "keys")).string();
        } else if (value != replaced.end()) {
            line = key + " = " + value->second;
        }
        out << line << '\n';
        if (!stage_.on_mariadb || line != "[database]") continue;
        out << "name = huiqiao\nuser = " << stage_.mariadb_user << '\n';
        if (stage_.mariadb_port == 0) {
            out << "socket = " << mariadb_->socket() << '\n';
        } else {
            out << "host = 127.0.0.1\nport = " << stage_.mariadb_port << '\n';
        }
    }
}

void DemoWorld::start(const std::string& name) {
    std::vector<std::string> command{stage_.program.string()};
    if (name == "operators") {
        command.insert(command.end(), {"serve", "--config", config_file().string()});
        if (service_clock_)
            command.insert(command.end(), {"--set", "clock.file=" + (directory_ / "service_clock").string()});
    } else {
        command.insert(command.end(),
                       {"sandbox", banks().contains(name) ? "bank" : name, "--config", config_file().string(), "--port",
                        std::to_string(ports_.at(name)), "--directory", (directory_ / "sandbox").string()});
        if (const auto roles = banks(); roles.contains(name)) command.insert(command.end(), {"--name", roles.at(name)});
    }
    const std::string log = name == "operators" ? "service" : name;
    processes_.insert_or_assign(name, ChildProcess(command, directory_ / "logs" / (log + ".log")));
}

void DemoWorld::await(const std::string& name) {
    await(name, name == "operators" ? "/health/ready" : "/admin/idle");
}

void DemoWorld::start_sandbox() {
    std::vector<std::string> roles{"channel", "customs"};
    for (const auto& [role, name] : banks()) roles.push_back(role);
    // One after another: both banks know us by one key, which the first makes.
    for (const std::string& role : roles) {
        start(role);
        await(role);
    }
}

void DemoWorld::start_service() {
    start("operators");
    await("operators");
}

void DemoWorld::kill(const std::string& name) {
    processes_.at(name).kill();
}

void DemoWorld::kill_service() {
    kill("operators");
}

int DemoWorld::job(const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> command{stage_.program.string(), name, "--config", config_file().string()};
    command.insert(command.end(), more.begin(), more.end());
    return ChildProcess(command, directory_ / "logs" / (name + ".log")).wait_for_end();
}

void DemoWorld::stop_service() {
    if (const auto service = processes_.find("operators"); service != processes_.end()) service->second.terminate();
    processes_.erase("operators");
}

void DemoWorld::stop_everything() {
    stop_service();
    for (auto& [name, process] : processes_) process.terminate();
    processes_.clear();
}

void DemoWorld::await(const std::string& name, const std::string& target) {
    const Monotonic until = clock_->monotonic() + kPatience;
    while (clock_->monotonic() < until) {
        const http::Outcome outcome = call(name, http::Method::Get, target);
        if (outcome.kind == http::OutcomeKind::Answered && outcome.answer.status == 200) return;
        if (!processes_.at(name).is_running()) break;
        ::poll(nullptr, 0, kPause_ms);
    }
    const std::string log = name == "operators" ? "service" : name;
    throw std::runtime_error("The process '" + log + "' does not come up; see " +
                             (directory_ / "logs" / (log + ".log")).string());
}

void DemoWorld::advance(std::chrono::seconds by) {
    clock_->advance(by);
    if (service_clock_) service_clock_->advance(by);
    settle();
}

std::optional<ProcessStanding> DemoWorld::standing(const std::string& name) {
    const http::Outcome outcome = call(name, http::Method::Get, name == "operators" ? "/health/idle" : "/admin/idle");
    if (outcome.kind != http::OutcomeKind::Answered || outcome.answer.status != 200) return std::nullopt;
    const Result<http::Json> json = http::Json::parse(outcome.answer.body);
    if (!json) return std::nullopt;
    const auto number = [&](const char* field) {
        const auto value = json->root().find(field);
        return value ? value->integer() : 0;
    };
    return ProcessStanding{number("idle_at_us"), number("rounds"), number("done")};
}

void DemoWorld::settle() {
    RestWatch watch(clock_->now(), clock_->monotonic(), kPatience);
    for (;;) {
        std::map<std::string, std::optional<ProcessStanding>> seen;
        for (auto& [name, process] : processes_) seen.emplace(name, standing(name));
        const Rest rest = watch.look(seen, clock_->monotonic());
        if (rest == Rest::Rests) return;
        if (rest == Rest::Stuck) break;
        ::poll(nullptr, 0, kPause_ms);
    }
    throw std::runtime_error("The process '" + (watch.busy() == "operators" ? "service" : watch.busy()) +
                             "' does not come to rest: nothing was done by anybody for " +
                             std::to_string(std::chrono::seconds(kPatience).count()) + " s; see the logs in " +
                             (directory_ / "logs").string());
}

http::Outcome DemoWorld::call(const std::string& to, http::Method method, const std::string& target, std::string body) {
    http::OutgoingRequest request;
    request.method = method;
    request.base_url = url(to);
    request.target = target;
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    request.deadline = clock_->monotonic() + kCallTimeout;
    request.max_answer_bytes = std::size_t{16} * 1024 * 1024;
    request.may_be_sent_twice = method == http::Method::Get;
    return http::call(*client_, std::move(request), *clock_);
}

http::Json DemoWorld::ask(const std::string& to, http::Method method, const std::string& target, std::string body) {
    const http::Outcome outcome = call(to, method, target, std::move(body));
    if (outcome.kind != http::OutcomeKind::Answered)
        throw std::runtime_error(to + target + " did not answer: " + outcome.text);
    if (outcome.answer.status / 100 != 2)
        throw std::runtime_error(to + target + " answered " + std::to_string(outcome.answer.status) + ": " +
                                 outcome.answer.body.substr(0, 500));
    http::JsonLimits limits{16, 100'000, 1000, 1'000'000, std::size_t{16} * 1024 * 1024};
    return http::Json::parse(outcome.answer.body.empty() ? "{}" : outcome.answer.body, limits).value();
}

void DemoWorld::fault(const std::string& counterparty, const std::string& body) {
    (void)ask(counterparty, http::Method::Post, "/admin/faults", body);
}

}  // namespace huiqiao::app
