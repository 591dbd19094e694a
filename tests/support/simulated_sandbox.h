#pragma once
// The sandbox's counterparties in process, each with its books in a file of its own, and the post between them: what
// each sends by itself reaches the institution or another counterparty on the caller's thread, in a fixed order.
// Files outlive the object, so it can be built again over them, as after a restart.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sandbox/counterparty.h"
#include "src/app/config.h"
#include "src/base/calendar.h"
#include "src/base/id.h"
#include "src/crypto/key_store.h"
#include "src/db/database.h"

namespace huiqiao::testing {

/// The crash point behind each answer to a counterparty: what the house said stands in the other's books now.
inline constexpr std::string_view kHouseAnswered = "house.answered";

/// How the bank keeps its hours.
struct BankCharacter {
    int cut_off_hour = 23;                  // Shanghai; what comes later executes on the next day
    std::chrono::seconds execute_after{0};  // from receipt of a payment to its execution
    std::chrono::seconds settle_after{0};   // from a deal, or the beginning of its value date, to its legs
};

class SimulatedSandbox {
 public:
    struct Parts {
        const app::Config& config;
        crypto::KeyStore& keys;
        const Clock& clock;
        Random& random;
        std::filesystem::path directory;                       // where the books stand
        std::optional<std::chrono::seconds> buyer_pays_after;  // absent: buyers pay only when told to
        int channel_cost_basis_points;
        BankCharacter bank;
    };
    explicit SimulatedSandbox(const Parts& parts);
    ~SimulatedSandbox();

    /// By configured name: "sandbox-bank", "sandbox-pay", "single-window".
    [[nodiscard]] sandbox::Counterparty& of(std::string_view name);
    [[nodiscard]] std::vector<std::string> names() const;
    /// What stands in its books, for who judges us by them.
    [[nodiscard]] db::Database& books(std::string_view name);

    /// How whoever a sending is for takes it; "institution" is the only one that is not a counterparty.
    using Take = std::function<http::Outcome(const http::Request&)>;
    using Observe = std::function<void(const std::string& from, const sandbox::Sending&, const http::Outcome&)>;
    /// Sends what is due at the instant, each once. How many. Where we die in taking one, its sender has no answer.
    int deliver_due(Instant now, const Take& institution, const Observe& observe);

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::testing
