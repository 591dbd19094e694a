#pragma once
// What came over FIX sessions and nobody awaited: how many messages, and the fills among them. A second fill behind a
// deal that was read, or the late report of one that was asked for meanwhile: which of the two, the books say. Any
// thread. A bank that repeats itself without end cannot fill the memory: of fills beyond kMost it is kept how many they
// are, from when to when they came and over whose sessions.

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/fix44/message.h"
#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::fix44 {

struct UnawaitedFill {
    std::string reference;              // ClOrdID: ours, if it is one of ours
    std::string order_id;               // the bank's deal number
    std::optional<Money> dealt_in_all;  // CumQty in its currency; absent: it cannot be read
    std::string sender = {};            // SenderCompID
};

class Unawaited {
 public:
    static constexpr std::size_t kMost = 1000;

    void took(const Message& message, Instant now);
    void took_garbage() { ++messages_; }
    /// Those since the last time.
    struct Taken {
        std::vector<UnawaitedFill> fills;
        std::uint64_t not_kept = 0;  // beyond kMost
        Instant first_not_kept{};    // when it came
        Instant last_not_kept{};
        std::set<std::string> senders{};  // of those that were not kept
    };
    Taken take_fills();
    [[nodiscard]] std::uint64_t messages() const { return messages_; }

 private:
    std::atomic<std::uint64_t> messages_{0};
    std::mutex mutex_;
    Taken kept_;
};

}  // namespace huiqiao::fix44
