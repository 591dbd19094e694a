#pragma once
// Serves one simulated counterparty over sockets: its answers, and what it sends by itself. Adds GET /admin/idle, by
// which the demo knows that nothing is under way at the clock's present instant. Loopback only.

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/sandbox/counterparty.h"
#include "src/base/clock.h"
#include "src/http/cpprest_client.h"
#include "src/http/server.h"

namespace huiqiao::app {

class CounterpartyHost {
 public:
    /// addresses: base URL by the names that Sending::to uses.
    CounterpartyHost(const Clock& clock, sandbox::Counterparty& counterparty,
                     std::map<std::string, std::string> addresses, std::uint16_t port);
    ~CounterpartyHost();

    Status start();
    void stop();
    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    /// What came by another way than HTTP; from any thread.
    http::Response answer(const http::Request& request);

 private:
    http::Router routes();
    void send_loop();
    /// Takes completions and starts what is due; how many are under way after it.
    std::size_t send_due();

    const Clock& clock_;
    sandbox::Counterparty& counterparty_;
    std::mutex counterparty_mutex_;
    std::map<std::string, std::string> addresses_;
    http::CpprestClient client_;
    std::map<http::CallHandle, std::string> under_way_;  // the sender's thread only
    std::atomic<std::int64_t> idle_at_us_{0};  // the clock at the last round, where nothing was due or under way
    std::atomic<std::int64_t> rounds_{0};
    std::atomic<std::int64_t> done_{0};
    std::atomic<bool> stopping_{false};
    std::thread sender_;
    http::Server server_;
};

}  // namespace huiqiao::app
