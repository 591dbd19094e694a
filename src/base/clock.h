#pragma once
// Time as it is passed in. Nobody else asks the machine for the time: a virtual clock must be able to carry a whole
// run. Wall time dates facts; monotonic time measures durations and deadlines, since a wall clock may jump.

#include <atomic>
#include <chrono>

#include "src/base/date.h"

namespace huiqiao {

/// A point of a clock that never jumps; its zero means nothing.
using Monotonic = std::chrono::microseconds;

class Clock {
 public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    [[nodiscard]] virtual Monotonic monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] Monotonic monotonic() const override;
};

/// Stands still until it is moved; both times move together. Safe to read from several threads.
class ManualClock final : public Clock {
 public:
    explicit ManualClock(Instant start) : now_us_(to_us(start)) {}
    [[nodiscard]] Instant now() const override { return from_us(now_us_.load()); }
    [[nodiscard]] Monotonic monotonic() const override { return Monotonic(now_us_.load()); }
    void advance(std::chrono::microseconds by) { now_us_ += by.count(); }
    void set(Instant instant) { now_us_ = to_us(instant); }

 private:
    std::atomic<std::int64_t> now_us_;
};

}  // namespace huiqiao
