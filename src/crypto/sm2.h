#pragma once
// The SM2 signature of GM/T 0003.2 over sm2p256v1 with SM3 and the default user id, apart from key files. Only
// signing_key.cpp uses it. Secrets and nonces are 32 bytes big-endian, points 04 || x || y, signatures r || s.

#include <memory>
#include <optional>
#include <span>

#include "src/base/encoding.h"
#include "src/base/random.h"

namespace huiqiao::crypto {

class Sm2Key {
 public:
    /// nullopt where it is not on the curve.
    static std::optional<Sm2Key> from_point(std::span<const std::uint8_t> point);
    /// nullopt outside [1, n-2].
    static std::optional<Sm2Key> from_secret(std::span<const std::uint8_t> secret);

    Sm2Key(Sm2Key&&) noexcept;
    Sm2Key& operator=(Sm2Key&&) noexcept;
    ~Sm2Key();

    [[nodiscard]] const Bytes& point() const;
    [[nodiscard]] bool verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature) const;
    /// The nonce is drawn from `nonces`, or derived from secret and message (RFC 6979) where there is none.
    [[nodiscard]] Bytes sign(std::span<const std::uint8_t> message, Random* nonces) const;

 private:
    struct Numbers;
    explicit Sm2Key(std::unique_ptr<Numbers> numbers);
    std::unique_ptr<Numbers> numbers_;
};

}  // namespace huiqiao::crypto
