#include "src/crypto/ed25519.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

#include "src/base/error.h"

namespace huiqiao::crypto {

namespace {

/// Chooses the machine's fastest code; before anything else of the library.
void require_library() {
    static const int ready = ::sodium_init();
    if (ready < 0) throw std::runtime_error("libsodium cannot be used");
}

}  // namespace

std::optional<Ed25519Key> Ed25519Key::from_point(std::span<const std::uint8_t> point) {
    require_library();
    if (point.size() != kPointBytes || ::crypto_core_ed25519_is_valid_point(point.data()) != 1) return std::nullopt;
    Ed25519Key key;
    std::copy(point.begin(), point.end(), key.point_.begin());
    return key;
}

std::optional<Ed25519Key> Ed25519Key::from_secret(std::span<const std::uint8_t> secret) {
    require_library();
    if (secret.size() != kSecretBytes) return std::nullopt;
    Ed25519Key key;
    std::vector<std::uint8_t> both(crypto_sign_SECRETKEYBYTES);
    ::crypto_sign_seed_keypair(key.point_.data(), both.data(), secret.data());
    key.secret_ = Secret(std::move(both));
    return key;
}

bool Ed25519Key::verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature) const {
    return signature.size() == crypto_sign_BYTES &&
           ::crypto_sign_verify_detached(signature.data(), message.data(), message.size(), point_.data()) == 0;
}

Bytes Ed25519Key::sign(std::span<const std::uint8_t> message) const {
    if (secret_.empty()) throw LogicError("a public key was asked to sign");
    Bytes signature(crypto_sign_BYTES);
    ::crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.reveal().data());
    return signature;
}

}  // namespace huiqiao::crypto
