#include "src/calls/circuit.h"

#include <algorithm>

namespace huiqiao::calls {

namespace {
constexpr std::int64_t kFirstPauseMs = 1'000;
constexpr std::int64_t kLongestPauseMs = 300'000;
}  // namespace

int Circuit::room(Monotonic now, int under_way, int limit) const {
    if (failures_ < kFailuresToOpen) return std::max(0, limit - under_way);
    if (now < closed_until_) return 0;
    return under_way == 0 ? 1 : 0;
}

void Circuit::answered() {
    failures_ = 0;
    openings_ = 0;
}

void Circuit::failed(Monotonic started, Monotonic now, Random& random) {
    if (failures_ >= kFailuresToOpen && started <= opened_at_) return;
    if (++failures_ < kFailuresToOpen) return;
    opened_at_ = now;
    // Half of the pause is sure and half is drawn, so that workers do not come back all at once.
    const std::int64_t pause = std::min(kLongestPauseMs, kFirstPauseMs << std::min(openings_, 9));
    ++openings_;
    const auto drawn = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(pause / 2 + 1)));
    closed_until_ = now + std::chrono::milliseconds(pause / 2 + drawn);
}

}  // namespace huiqiao::calls
