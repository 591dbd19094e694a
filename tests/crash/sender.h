#pragma once
// A platform under whose feet the service dies: it submits signed orders, one or a few at a time, remembers each
// acknowledgement, and asks again with the same key where it got none. It keeps what it was told, so that nothing said
// later can contradict it. One thread.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "src/app/demo_platform.h"
#include "src/base/random.h"
#include "src/crypto/system_random.h"
#include "src/http/cpprest_client.h"

namespace huiqiao::crash {

/// One request with its key. Acknowledged: it was answered by 2xx, and `answer` is what was said.
struct Submission {
    std::string key, target, body;
    std::vector<std::string> numbers;  // the platform's own, of its orders
    std::string answer;
    int tries = 0;
    [[nodiscard]] bool acknowledged() const { return !answer.empty(); }
};

struct SenderTally {
    int unanswered = 0;       // connection lost, refused, or timed out
    int refused_for_now = 0;  // 503 and 429
    int replays_compared = 0;
};

class Sender {
 public:
    /// orders: JSON texts of sample orders of this platform; their numbers are replaced by ones of its own.
    Sender(std::string platform_id, crypto::SigningKey key, std::string answers_key_pem, const Clock& clock,
           std::string base_url, std::vector<std::string> orders, std::uint64_t seed);

    /// One request: a new one, or one that is still unanswered, or sometimes one that was answered. new_orders: whether
    /// new ones may be made.
    void step(bool new_orders);
    /// Steps until told to stop, with pauses of some milliseconds: the load.
    void run(const std::atomic<bool>& stop);
    /// Asks again for everything unanswered; how much is left.
    std::size_t ask_again();

    [[nodiscard]] const std::vector<Submission>& submissions() const { return submissions_; }
    [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
    [[nodiscard]] const SenderTally& tally() const { return tally_; }
    [[nodiscard]] app::DemoPlatform& platform() { return *platform_; }
    /// Ids of orders as an answer told them, by number.
    [[nodiscard]] static std::vector<std::pair<std::string, std::string>> orders_in(const std::string& answer);

 private:
    Submission next_submission();
    std::string next_order(std::string& number);
    void send(Submission& submission);

    SeededRandom random_;
    crypto::SystemRandom signatures_;
    http::CpprestClient client_;
    std::unique_ptr<app::DemoPlatform> platform_;
    std::string prefix_;
    std::vector<std::string> orders_;
    std::size_t made_ = 0;
    std::size_t keys_ = 0;
    std::vector<Submission> submissions_;
    std::vector<std::size_t> unanswered_;
    std::vector<std::string> faults_;
    SenderTally tally_;
};

}  // namespace huiqiao::crash
