#pragma once
// What came over FIX sessions and nobody awaited: how many messages, and the fills among them. A second fill behind a
// deal that was read, or the late report of one that was asked for meanwhile: which of the two, the books say. Any
// thread. A bank that repeats itself without end cannot fill the memory: fills beyond kMost are counted alone, and the
// count is told with them.

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/fix44/message.h"
#include "src/base/money.h"

namespace huiqiao::fix44 {

struct UnawaitedFill {
    std::string reference;              // ClOrdID: ours, if it is one of ours
    std::string order_id;               // the bank's deal number
    std::optional<Money> dealt_in_all;  // CumQty in its currency; absent: it cannot be read
};

class Unawaited {
 public:
    static constexpr std::size_t kMost = 1000;

    void took(const Message& message);
    void took_garbage() { ++messages_; }
    /// Those since the last time.
    struct Taken {
        std::vector<UnawaitedFill> fills;
        std::uint64_t not_kept = 0;  // beyond kMost
    };
    Taken take_fills();
    [[nodiscard]] std::uint64_t messages() const { return messages_; }

 private:
    std::atomic<std::uint64_t> messages_{0};
    std::mutex mutex_;
    Taken kept_;
};

}  // namespace huiqiao::fix44
