#pragma once
// What the process sees of its own condition: descriptors that run out, and a wall clock that jumped. Both are told in
// /health/ready and /metrics and stop nothing: where descriptors are used up new connections wait, and durations are
// measured by the monotonic clock.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "src/base/clock.h"
#include "src/base/error.h"

namespace huiqiao::app {

/// Takes as many descriptors as the system lets this process have.
void raise_descriptor_limit();

struct Descriptors {
    std::int64_t open = 0;
    std::int64_t limit = 0;
    /// So few are left that the next burst of connections meets the limit.
    [[nodiscard]] bool are_scarce() const { return open + kSpare >= limit; }
    static constexpr std::int64_t kSpare = 16;
};
/// nullopt where the system does not say, which is so where not one descriptor is left.
std::optional<Descriptors> descriptors_now();

class MachineWatch {
 public:
    /// A wall clock that moved so much otherwise than the monotonic one between two looks has jumped.
    static constexpr std::chrono::seconds kJump{30};
    /// How long a jump is told.
    static constexpr std::chrono::hours kTold{1};

    /// descriptors: descriptors_now, or a test's. A stepped clock is not watched: it jumps by nature.
    MachineWatch(const Clock& clock, bool watch_clock,
                 std::function<std::optional<Descriptors>()> descriptors = descriptors_now);

    /// Called by the workers every round; looks at the clock only.
    void look();
    [[nodiscard]] std::vector<Error> warnings() const;
    [[nodiscard]] std::int64_t clock_jumps() const { return jumps_.load(); }
    /// By how many seconds it jumped last; negative: back.
    [[nodiscard]] std::int64_t last_jump_s() const { return last_jump_s_.load(); }

 private:
    const Clock& clock_;
    bool watch_clock_;
    std::function<std::optional<Descriptors>()> descriptors_;
    bool looked_ = false;
    std::chrono::microseconds offset_{0};  // wall less monotonic time at the last look
    std::atomic<std::int64_t> jumps_{0};
    std::atomic<std::int64_t> last_jump_s_{0};
    std::atomic<std::int64_t> jumped_at_us_{0};  // monotonic
};

namespace app_error {
inline constexpr ErrorCode kTooFewDescriptors{
    "too_few_descriptors", ErrorGroup::Retry,
    "{open} of {limit} file descriptors are in use. Raise LimitNOFILE (systemd) or ulimit -n; until then new "
    "connections wait.",
    "文件描述符已使用 {open} 个，上限 {limit} 个；请调高 LimitNOFILE（systemd）或 ulimit -n，否则新连接须等待。"};
inline constexpr ErrorCode kClockJumped{
    "clock_jumped", ErrorGroup::Retry,
    "The wall clock jumped by {seconds} s against the monotonic one. Look at its time service; signatures, locks and "
    "cut-offs are judged by it.",
    "系统时钟相对单调时钟跳变 {seconds} 秒；请检查时间同步服务，签名、锁汇与截止时间均以其为准。"};
}  // namespace app_error

}  // namespace huiqiao::app
