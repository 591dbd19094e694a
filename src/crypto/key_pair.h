#pragma once
// A parsed key as signing_key.cpp and key_codec.cpp share it: OpenSSL's form of every algorithm, and beside it what
// signs Ed25519 and SM2. Included by .cpp files of this room only.

#include <optional>
#include <span>

#include "src/crypto/ed25519.h"
#include "src/crypto/openssl_types.h"
#include "src/crypto/signing_key.h"
#include "src/crypto/sm2.h"

namespace huiqiao::crypto {

struct KeyPair {
    SignatureAlgorithm algorithm;
    Pkey pkey;
    bool is_private;
    std::optional<Ed25519Key> ed25519;  // present exactly for Ed25519
    std::optional<Sm2Key> sm2;          // present exactly for SM2
};

/// nullptr where the key is of another kind than the algorithm wants, or too weak for it.
std::shared_ptr<const KeyPair> key_pair_of(SignatureAlgorithm algorithm, Pkey pkey, bool is_private);

/// nullptr where the bytes are no such key. Raw forms as in signing_key.h.
Pkey public_pkey_from_raw(SignatureAlgorithm algorithm, std::span<const std::uint8_t> raw);
Pkey private_pkey_from_secret(SignatureAlgorithm algorithm, std::span<const std::uint8_t> secret);
Bytes raw_of(const KeyPair& pair);

}  // namespace huiqiao::crypto
