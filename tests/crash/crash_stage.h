#pragma once
// The stage of every test with processes: parties registered, three platforms with keys and ends for webhooks, the
// sandbox and the service running, and days that can be lived through. What dies when is the test's.

#include <functional>
#include <memory>
#include <vector>

#include "src/app/demo_world.h"
#include "src/app/house.h"
#include "tests/crash/sender.h"
#include "tests/crash/webhook_ear.h"

namespace huiqiao::crash {

inline constexpr int kFirstDay = 20260512;  // a Tuesday that works in every currency of the sample data

class CrashStage {
 public:
    /// Lays it out, registers, and starts everything. seed: of what the platforms send.
    CrashStage(app::DemoStage stage, std::uint64_t seed);

    [[nodiscard]] app::DemoWorld& world() { return world_; }
    [[nodiscard]] std::vector<std::unique_ptr<Sender>>& senders() { return senders_; }
    [[nodiscard]] const WebhookEar& ear() const { return *ear_; }
    [[nodiscard]] const app::DemoStage& stage() const { return stage_; }

    /// The platforms send from threads of their own while it runs.
    void under_load(const std::function<void()>& meanwhile);
    /// Steps with everybody at rest after each.
    void live_until(Instant until, std::chrono::seconds step);
    /// From wherever it stands through that night: statements are compared, the day is closed, until 09:55.
    void live_through_night();
    /// Everything unanswered is asked again until it is answered; throws std::runtime_error where it never is.
    void answer_everything();
    /// The days that it takes until money is abroad; in between two persons decide what is escalated, by the bank's
    /// books. How many they decided.
    int live_to_the_end();
    /// The institution's side opened in this process, for as long as it is held.
    [[nodiscard]] std::unique_ptr<app::House> open_house();

 private:
    void register_parties();
    int decide_escalated();

    app::DemoStage stage_;
    std::uint64_t seed_;
    app::DemoWorld world_;
    crypto::SystemRandom random_;
    std::vector<std::unique_ptr<Sender>> senders_;
    std::unique_ptr<WebhookEar> ear_;
};

/// JSON texts of a platform's sample orders, of those kinds that can be sent again under another number.
std::vector<std::string> sample_orders(const std::string& platform_id);

}  // namespace huiqiao::crash
