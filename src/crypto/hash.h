#pragma once
// One-shot digests and their keyed form, as byte arrays; base/encoding.h makes hex or base64 of them.
// SHA-1 is here only because customs' general signature pair demands it (customs reference 3.1); nothing of our own
// rests on it. All functions are safe to call from several threads.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "src/base/encoding.h"

namespace huiqiao::crypto {

using Digest256 = std::array<std::uint8_t, 32>;
using Digest160 = std::array<std::uint8_t, 20>;

Digest256 sha256(std::span<const std::uint8_t> message);
Digest256 sm3(std::span<const std::uint8_t> message);
Digest160 sha1(std::span<const std::uint8_t> message);

inline Digest256 sha256(std::string_view message) {
    return sha256(as_bytes(message));
}
inline Digest256 sm3(std::string_view message) {
    return sm3(as_bytes(message));
}
inline Digest160 sha1(std::string_view message) {
    return sha1(as_bytes(message));
}

/// RFC 2104 with SHA-256; any key length, also none.
Digest256 hmac_sha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message);

/// Takes the same time wherever the two differ. Lengths are no secret: unequal ones answer false at once.
bool constant_time_equal(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right);

}  // namespace huiqiao::crypto
