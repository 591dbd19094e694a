#include "src/crypto/system_random.h"

#include <openssl/rand.h>

#include <limits>
#include <stdexcept>

namespace huiqiao::crypto {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    while (!bytes.empty()) {
        const std::size_t part = std::min(bytes.size(), kMost);
        if (RAND_bytes(bytes.data(), static_cast<int>(part)) != 1) {
            throw std::runtime_error("the system's source of random bytes failed");
        }
        bytes = bytes.subspan(part);
    }
}

}  // namespace huiqiao::crypto
