#include "src/app/demo_world.h"

#include <poll.h>

#include <fstream>
#include <stdexcept>

#include "src/app/config.h"
#include "src/app/free_port.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 60s;  // of the machine's time, for a start or a step
constexpr int kPause_ms = 3;     // between two looks
constexpr auto kCallTimeout = 30s;

const std::map<std::string, std::string> kSandboxNames{
    {"bank", "sandbox-bank"}, {"channel", "sandbox-pay"}, {"customs", "single-window"}};

}  // namespace

DemoWorld::DemoWorld(fs::path directory, fs::path config_directory, Instant start, bool on_mariadb)
    : directory_(fs::absolute(std::move(directory))), on_mariadb_(on_mariadb) {
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "logs");
    fs::create_directories(directory_ / "sandbox");
    for (const char* name : {"bank", "channel", "customs", "platforms", "notices", "operators", "webhooks"})
        ports_[name] = free_port();
    SteppedClock::create(directory_ / "clock", start);
    clock_ = std::make_unique<SteppedClock>(directory_ / "clock");
    client_ = std::make_unique<http::CpprestClient>(*clock_, http::CpprestClientSettings{});
    if (on_mariadb_) mariadb_ = std::make_unique<PrivateMariaDb>(directory_ / "mariadb");
    write_config(config_directory);
}

std::string DemoWorld::url(const std::string& name) const {
    return "http://127.0.0.1:" + std::to_string(ports_.at(name));
}

void DemoWorld::write_config(const fs::path& from) {
    fs::create_directories(directory_ / "config");
    for (const auto& entry : fs::directory_iterator(from)) {
        if (entry.path().filename() != "huiqiao.conf")
            fs::copy(entry.path(), directory_ / "config" / entry.path().filename(),
                     fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
    const std::map<std::string, std::string> replaced{
        {"engine", on_mariadb_ ? "mariadb" : "sqlite"},
        {"path", (directory_ / "huiqiao.db").string()},
        {"directory", (directory_ / "keys").string()},
        {"create", "yes"},
        {"live_since", Date::in_shanghai(clock_->now()).text()},
        {"platforms_port", std::to_string(ports_["platforms"])},
        {"notices_port", std::to_string(ports_["notices"])},
        {"operators_port", std::to_string(ports_["operators"])},
        {"allow_loopback", "yes"},
        {"file", (directory_ / "clock").string()},
    };
    std::ifstream in(from / "huiqiao.conf");
    std::ofstream out(config_file());
    std::string section;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("[")) section = line;
        const std::string key = line.substr(0, line.find(' '));
        const auto value = replaced.find(key);
        if (key == "base_url") {
            for (const auto& [role, name] : kSandboxNames) {
                if (section == "[counterparty " + name + "]") line = "base_url = " + url(role);
            }
        } else if (value != replaced.end()) {
            line = key + " = " + value->second;
        }
        out << line << '\n';
        if (on_mariadb_ && line == "[database]") {
            out << "socket = " << mariadb_->socket() << "\nname = huiqiao\nuser = " << mariadb_->user() << '\n';
        }
    }
}

void DemoWorld::start_sandbox() {
    for (const auto& [role, name] : kSandboxNames) {
        processes_.insert_or_assign(
            role, ChildProcess({own_program().string(), "sandbox", role, "--config", config_file().string(), "--port",
                                std::to_string(ports_[role]), "--directory", (directory_ / "sandbox").string()},
                               directory_ / "logs" / (role + ".log")));
    }
    for (const auto& [role, name] : kSandboxNames) await(role, "/admin/idle");
}

void DemoWorld::start_service() {
    processes_.insert_or_assign("operators",
                                ChildProcess({own_program().string(), "serve", "--config", config_file().string()},
                                             directory_ / "logs" / "service.log"));
    await("operators", "/health/idle");
}

void DemoWorld::kill_service() {
    processes_.at("operators").kill();
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
    settle();
}

std::optional<DemoWorld::Standing> DemoWorld::standing(const std::string& name) {
    const http::Outcome outcome = call(name, http::Method::Get, name == "operators" ? "/health/idle" : "/admin/idle");
    if (outcome.kind != http::OutcomeKind::Answered || outcome.answer.status != 200) return std::nullopt;
    const Result<http::Json> json = http::Json::parse(outcome.answer.body);
    if (!json) return std::nullopt;
    const auto number = [&](const char* field) {
        const auto value = json->root().find(field);
        return value ? value->integer() : 0;
    };
    return Standing{number("idle_at_us"), number("rounds"), number("done")};
}

void DemoWorld::settle() {
    const std::int64_t now_us = to_us(clock_->now());
    const Monotonic until = clock_->monotonic() + kPatience;
    std::map<std::string, Standing> first;
    std::string busy;
    while (clock_->monotonic() < until) {
        std::map<std::string, Standing> seen;
        bool quiet = true;
        for (auto& [name, process] : processes_) {
            const auto standing_now = standing(name);
            if (!standing_now || standing_now->idle_at_us != now_us) {
                quiet = false;
                busy = name;
                break;
            }
            seen[name] = *standing_now;
        }
        if (!quiet) {
            first.clear();
        } else if (first.empty()) {
            first = seen;
        } else {
            // Quiet twice, with whole rounds of everybody between and nothing done in them: nothing is under way.
            bool same = true;
            bool rounds = true;
            for (const auto& [name, now] : seen) {
                same = same && now.done == first[name].done;
                rounds = rounds && now.rounds >= first[name].rounds + 2;
            }
            if (!same) {
                first = seen;
            } else if (rounds) {
                return;
            }
        }
        ::poll(nullptr, 0, kPause_ms);
    }
    throw std::runtime_error("The process '" + (busy == "operators" ? "service" : busy) +
                             "' does not come to rest; see the logs in " + (directory_ / "logs").string());
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
