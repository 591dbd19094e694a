#pragma once
// The system's secure source of random bytes. Throws std::runtime_error when the source fails: nothing may go on
// with bytes that are not random. Safe to use from several threads.

#include "src/base/random.h"

namespace huiqiao::crypto {

class SystemRandom final : public Random {
 public:
    void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace huiqiao::crypto
