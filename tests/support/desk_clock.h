#pragma once
// The clock of a house that is stepped: it stands still until it is moved. The house's wall clock can be set
// wrong, ahead or behind; then everybody else's time, and the time that never jumps, go on as before.

#include "src/base/clock.h"

namespace huiqiao::testing {

class DeskClock final : public Clock {
 public:
    explicit DeskClock(Instant start) : true_(start), wall_(start) {}
    [[nodiscard]] Instant now() const override { return wall_.now(); }
    [[nodiscard]] Monotonic monotonic() const override { return true_.monotonic(); }
    /// What a clock on the wall of the world shows.
    [[nodiscard]] Instant true_now() const { return true_.now(); }

    void advance(std::chrono::microseconds by) {
        true_.advance(by);
        wall_.advance(by);
    }
    /// The house's wall clock is wrong by that much from now on; zero sets it right.
    void set_wrong_by(std::chrono::microseconds by) { wall_.set(true_.now() + by); }

 private:
    ManualClock true_;
    ManualClock wall_;
};

}  // namespace huiqiao::testing
