#pragma once
// The Ed25519 signature of RFC 8032 through libsodium, apart from key files. Only signing_key.cpp and key_pair.cpp use
// it. Secrets are the 32 bytes of the seed, points 32 bytes, signatures 64 bytes R || S.

#include <array>
#include <optional>
#include <span>

#include "src/base/encoding.h"
#include "src/base/secret.h"

namespace huiqiao::crypto {

class Ed25519Key {
 public:
    static constexpr std::size_t kPointBytes = 32;
    static constexpr std::size_t kSecretBytes = 32;

    /// nullopt where it is not a canonical point of the curve's large subgroup: under a key of small order one
    /// signature fits many messages, so its owner could deny any of them.
    static std::optional<Ed25519Key> from_point(std::span<const std::uint8_t> point);
    static std::optional<Ed25519Key> from_secret(std::span<const std::uint8_t> secret);

    [[nodiscard]] bool verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature) const;
    /// Of a key that was made from its secret.
    [[nodiscard]] Bytes sign(std::span<const std::uint8_t> message) const;

 private:
    std::array<std::uint8_t, kPointBytes> point_{};
    Secret secret_;  // seed and point, as libsodium wants them; empty in a public key
};

}  // namespace huiqiao::crypto
