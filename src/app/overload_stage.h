#pragma once
// Where overload is measured: the service and the sandbox as processes of their own, with the shipped settings and the
// machine's clock, eight platforms with keys, requests signed beforehand, and the channel's own key for genuine
// notices.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/app/child_process.h"
#include "src/base/clock.h"
#include "src/crypto/signing_key.h"
#include "src/crypto/system_random.h"
#include "src/http/cpprest_client.h"

namespace huiqiao::app {

class OverloadStage {
 public:
    static constexpr int kPlatforms = 8;

    /// Empties the directory. Throws std::runtime_error with the log's path where something does not come up.
    OverloadStage(std::filesystem::path directory, std::filesystem::path config_file);
    ~OverloadStage();

    /// Orders, each platform's in turn, signed now: they count for five minutes.
    std::vector<std::string> signed_orders(int count);
    /// The number in such a request.
    static std::string number_of(const std::string& request);
    /// A notice of a payment that is not ours, so that it is stored and parked.
    http::OutgoingRequest notice(int number);
    /// Blocks until it is answered.
    http::Outcome call(http::OutgoingRequest request);
    http::OutgoingRequest get(const std::string& listener, const std::string& target) const;

    /// HAProxy with config/haproxy.cfg before the service; the port of its platforms' front.
    std::uint16_t start_front();
    [[nodiscard]] std::uint16_t port(const std::string& name) const { return ports_.at(name); }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    /// Ends the processes, then reads the numbers of all orders.
    std::set<std::string> stop_and_read_orders();
    /// Waits on no condition: between two looks or two notices.
    static void pause(std::chrono::milliseconds time);

 private:
    void run(std::vector<std::string> arguments, const std::string& log);
    void start(const std::string& name, std::vector<std::string> arguments, const std::string& ready_target);
    [[nodiscard]] std::vector<std::string> command(std::vector<std::string> arguments) const;
    void write_parties() const;

    std::filesystem::path directory_;
    std::filesystem::path config_file_;
    SystemClock clock_;
    crypto::SystemRandom random_;
    std::map<std::string, std::uint16_t> ports_;
    std::vector<std::string> settings_;
    std::map<std::string, ChildProcess> processes_;
    std::vector<crypto::SigningKey> keys_;  // of the platforms
    std::optional<crypto::SigningKey> channel_key_;
    http::CpprestClient client_;
    int orders_ = 0;
};

}  // namespace huiqiao::app
