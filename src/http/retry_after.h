#pragma once
// Seconds for Retry-After, spread evenly over 1 to the most, so that those who were refused together do not all come
// back together. A counter spreads them, no randomness is needed. Any thread.

#include <atomic>
#include <cstdint>

namespace huiqiao::http {

class RetryAfter {
 public:
    explicit RetryAfter(int most_s) : most_s_(most_s) {}

    int next_s() {
        // Multiplying by the golden ratio scatters neighbours; the upper half of the product is the scattered one.
        constexpr std::uint32_t kGolden = 2'654'435'769U;
        const std::uint32_t scattered = (count_.fetch_add(1, std::memory_order_relaxed) * kGolden) >> 16U;
        return 1 + static_cast<int>(scattered % static_cast<std::uint32_t>(most_s_));
    }

 private:
    const int most_s_;
    std::atomic<std::uint32_t> count_{0};
};

}  // namespace huiqiao::http
