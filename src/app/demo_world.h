#pragma once
// The stage of the demo and of the crash loops: the counterparties of the sandbox and the service, each a process
// of its own on loopback, and the one clock that all of them read. Moves time, waits until everything due at an instant
// is done, kills and restarts processes. What happens on the stage is src/app/demo.cpp and tests/crash.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/app/child_process.h"
#include "src/app/config.h"
#include "src/app/private_mariadb.h"
#include "src/app/rest_watch.h"
#include "src/app/stepped_clock.h"
#include "src/http/cpprest_client.h"
#include "src/http/json.h"

namespace huiqiao::app {

struct DemoStage {
    std::filesystem::path directory;
    std::filesystem::path config_directory = "config";
    Instant start{};
    bool on_mariadb = false;
    std::filesystem::path program = own_program();  // of the service and the sandbox
    std::filesystem::path sqlite_file{};            // elsewhere than in the directory
    int mariadb_port = 0;                           // what stands between service and server; 0: nothing
    std::string mariadb_user = "root";              // another is made, without the right to write while read_only
    bool one_bank = true;                           // leaves out all but the one into which the channel pays
    bool service_has_own_clock = false;             // which then can be set wrong alone
};

class DemoWorld {
 public:
    /// Empties the directory and lays it out: keys, configuration, clock standing at `start`.
    explicit DemoWorld(DemoStage stage);

    void start_sandbox();
    void start_service();
    void kill_service();  // -9
    /// Of a counterparty by name, or of the service ("operators"): -9, and a start that waits for nothing.
    void kill(const std::string& name);
    void start(const std::string& name);
    /// Waits until it answers (the service: until it is ready); throws std::runtime_error that names its log.
    void await(const std::string& name);
    [[nodiscard]] ChildProcess& process(const std::string& name) { return processes_.at(name); }
    void stop_service();     // politely: what it acknowledged is written
    void stop_everything();  // politely; the files stay

    [[nodiscard]] SteppedClock& clock() { return *clock_; }
    /// The service's own, where it has one.
    [[nodiscard]] SteppedClock& service_clock() { return service_clock_ ? *service_clock_ : *clock_; }
    void advance(std::chrono::seconds by);
    /// Waits until no process has anything left to do at the clock's instant. Throws std::runtime_error that names who
    /// was still busy, and its log, after a minute of the machine's time.
    void settle();

    /// A call to a counterparty or the service by name: "bank", "channel", "customs", "platforms", "operators".
    http::Outcome call(const std::string& to, http::Method method, const std::string& target, std::string body = "");
    /// The same for an answer that must be 2xx JSON; throws std::runtime_error otherwise.
    http::Json ask(const std::string& to, http::Method method, const std::string& target, std::string body = "");
    /// Injects a fault of the sandbox: body of POST /admin/faults.
    void fault(const std::string& counterparty, const std::string& body);

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::filesystem::path config_file() const { return directory_ / "huiqiao.conf"; }
    [[nodiscard]] std::string url(const std::string& name) const;
    [[nodiscard]] int port(const std::string& name) const { return ports_.at(name); }
    [[nodiscard]] http::Client& client() { return *client_; }
    [[nodiscard]] PrivateMariaDb& mariadb() { return *mariadb_; }
    /// As it was given: of its own configuration the names are the same, the places are others.
    [[nodiscard]] const Config& given() const { return given_; }
    /// A subcommand of the program on this stage; its exit code. Its words go to logs/<name>.log.
    int job(const std::string& name, const std::vector<std::string>& more = {});

 private:
    std::optional<ProcessStanding> standing(const std::string& name);
    void write_config(const std::filesystem::path& from);
    /// Where a bank listens for FIX.
    [[nodiscard]] std::string dealing_url(const std::string& bank) const;
    /// Roles of the banks: "bank" for the one into which the channel pays, the others by their names.
    [[nodiscard]] std::map<std::string, std::string> banks() const;
    void await(const std::string& name, const std::string& target);

    DemoStage stage_;
    Config given_;
    std::filesystem::path directory_;
    std::map<std::string, int> ports_;
    std::unique_ptr<SteppedClock> clock_;
    std::unique_ptr<SteppedClock> service_clock_;
    std::unique_ptr<http::CpprestClient> client_;
    std::unique_ptr<PrivateMariaDb> mariadb_;
    std::map<std::string, ChildProcess> processes_;
};

}  // namespace huiqiao::app
