#pragma once
// The demo's clock: one instant in a small file that several processes map, moved by one of them only. Wall time is
// the file's; monotonic time is the machine's, since sockets and their deadlines are real. It is refused wherever
// anything is not on loopback (src/app/config.cpp).

#include <atomic>
#include <filesystem>

#include "src/base/clock.h"

namespace huiqiao::app {

class SteppedClock final : public Clock {
 public:
    /// Makes the file where it is absent, standing at `start`; else goes on from what it holds.
    static void create(const std::filesystem::path& file, Instant start);
    /// Maps the file; throws std::runtime_error where it cannot be.
    explicit SteppedClock(const std::filesystem::path& file);
    ~SteppedClock() override;
    SteppedClock(const SteppedClock&) = delete;
    SteppedClock& operator=(const SteppedClock&) = delete;

    [[nodiscard]] Instant now() const override;
    [[nodiscard]] Monotonic monotonic() const override;
    /// Forward only; LogicError otherwise.
    void advance(std::chrono::microseconds by);
    void advance_to(Instant instant);
    /// As a wall clock that somebody sets wrong: either way.
    void jump(std::chrono::microseconds by) { *shared_us_ += by.count(); }

 private:
    std::atomic<std::int64_t>* shared_us_;
    SystemClock machine_;
};

}  // namespace huiqiao::app
