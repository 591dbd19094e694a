#pragma once
// The demo's stage: the three counterparties of the sandbox and the service, each a process of its own on loopback, and
// the one clock that all of them read. Moves time, waits until everything due at an instant is done, kills and restarts
// the service. What happens on the stage is src/app/demo.cpp.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "src/app/child_process.h"
#include "src/app/private_mariadb.h"
#include "src/app/stepped_clock.h"
#include "src/http/cpprest_client.h"
#include "src/http/json.h"

namespace huiqiao::app {

class DemoWorld {
 public:
    /// Empties the directory and lays it out: keys, configuration, clock standing at `start`.
    DemoWorld(std::filesystem::path directory, std::filesystem::path config_directory, Instant start, bool on_mariadb);

    void start_sandbox();
    void start_service();
    void kill_service();     // -9
    void stop_service();     // politely: what it acknowledged is written
    void stop_everything();  // politely; the files stay

    [[nodiscard]] SteppedClock& clock() { return *clock_; }
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

 private:
    struct Standing {
        std::int64_t idle_at_us = 0, rounds = 0, done = 0;
    };
    std::optional<Standing> standing(const std::string& name);
    void write_config(const std::filesystem::path& from);
    void await(const std::string& name, const std::string& target);

    std::filesystem::path directory_;
    bool on_mariadb_;
    std::map<std::string, int> ports_;
    std::unique_ptr<SteppedClock> clock_;
    std::unique_ptr<http::CpprestClient> client_;
    std::unique_ptr<PrivateMariaDb> mariadb_;
    std::map<std::string, ChildProcess> processes_;
};

}  // namespace huiqiao::app
