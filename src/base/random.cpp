#include "src/base/random.h"

#include "src/base/error.h"

namespace huiqiao {

std::uint64_t Random::below(std::uint64_t bound) {
    if (bound == 0) throw LogicError("a random number below zero was asked for");
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
        std::uint8_t bytes[8];
        fill(bytes);
        std::uint64_t drawn = 0;
        for (const std::uint8_t byte : bytes) drawn = (drawn << 8U) | byte;
        if (drawn < limit) return drawn % bound;
    }
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        z ^= z >> 31U;
        for (int byte = 0; byte < 8 && at < bytes.size(); ++byte, z >>= 8U) {
            bytes[at++] = static_cast<std::uint8_t>(z & 0xFFU);
        }
    }
}

}  // namespace huiqiao
