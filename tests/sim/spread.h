#pragma once
// How long something lasts: spread over the orders of magnitude, as many short ones as long ones.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace huiqiao::testing::sim {

inline std::chrono::seconds log_uniform(std::uint64_t draw_of_million, std::int64_t least, std::int64_t most) {
    std::int64_t value = least;
    std::uint64_t left = draw_of_million;
    while (value < most && left >= 500'000) {
        value *= 2;
        left = (left - 500'000) * 2;
    }
    const auto within = static_cast<std::int64_t>(left * static_cast<std::uint64_t>(value) / 500'000);
    return std::chrono::seconds(std::min(most, value + within));
}

}  // namespace huiqiao::testing::sim
