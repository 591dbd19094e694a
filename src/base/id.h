#pragma once
// Identifiers made by us: a prefix that says what it names, and a ULID (48 bits of milliseconds, 80 random bits,
// Crockford's base 32), so that ids sort by time: "ord_01JD4M3H6Y8N1V7Q0X2K5R9T3B". Ids made by one source in the
// same millisecond still rise. Safe to call from several threads.
// References given to banks must not tell their time or order: they come from random_reference.

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/random.h"

namespace huiqiao {

class IdSource {
 public:
    IdSource(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

    /// prefix + "_" + 26 characters.
    std::string next(std::string_view prefix);

    /// Random characters of [A-Z2-7], 5 bits each: 16 are 80 bits (PAY-04). The prefix counts into the length.
    std::string random_reference(std::string_view prefix, std::size_t random_characters = 16);

    /// A version 4 UUID in lower case (RFC 9562), as UETR wants it; customs writes it in upper case.
    std::string uuid();

 private:
    const Clock& clock_;
    Random& random_;
    std::mutex mutex_;
    std::int64_t last_ms_ = 0;
    std::array<std::uint8_t, 10> tail_{};
};

}  // namespace huiqiao
