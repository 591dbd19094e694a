#pragma once
// Where random bytes come from. Passed in, so that a simulated run is repeated by its seed.
// The system's source (src/crypto/system_random.h) is used for everything real.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace huiqiao {

class Random {
 public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    /// Uniform in [0, bound), without modulo bias; bound > 0.
    std::uint64_t below(std::uint64_t bound);
};

/// Repeatable, not secret: tests, the simulator and the demo's data.
class SeededRandom final : public Random {
 public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override;

 private:
    std::uint64_t state_;  // splitmix64
};

}  // namespace huiqiao
