#pragma once
// Signing and verifying with parsed keys: Ed25519, SM2 with SM3 (user id 1234567812345678, signature 64 bytes r || s,
// as customs reference 3.1 and reliability reference 5.1 ask), RSA PKCS#1 v1.5 with SHA-1 (customs) or SHA-256 (banks).
// A signature depends on nothing but key and message (SM2's nonce is derived from both), so a run repeats.
// Keys are immutable once made; sign and verify may be called from several threads at once.
// A key knows its one algorithm; whoever verifies never takes the algorithm from the message.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/base/encoding.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/base/secret.h"

namespace huiqiao::crypto {

enum class SignatureAlgorithm { Ed25519, Sm2Sm3, RsaSha1, RsaSha256 };

/// Stored and JSON texts: ed25519, sm2_sm3, rsa_sha1, rsa_sha256.
std::string_view to_text(SignatureAlgorithm algorithm);
std::optional<SignatureAlgorithm> signature_algorithm_from_text(std::string_view text);

struct KeyPair;  // the parsed key, private to this room

/// The public half. Cheap to copy: copies share the parsed key, which never changes.
class VerifyKey {
 public:
    /// A SubjectPublicKeyInfo in PEM. RSA below 1024 bits (customs' oldest) and points off the curve are refused.
    static Result<VerifyKey> from_pem(SignatureAlgorithm algorithm, std::string_view pem);
    /// Ed25519: 32 bytes. SM2: 65 bytes, 04 || x || y. RSA has no raw form and is refused.
    static Result<VerifyKey> from_raw(SignatureAlgorithm algorithm, std::span<const std::uint8_t> raw);
    /// What a platform hands over: PEM, or the raw form in base64.
    static Result<VerifyKey> from_text(SignatureAlgorithm algorithm, std::string_view text);
    static Result<VerifyKey> from_der(SignatureAlgorithm algorithm, std::span<const std::uint8_t> public_key_info);

    [[nodiscard]] SignatureAlgorithm algorithm() const;
    [[nodiscard]] bool verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature) const;
    [[nodiscard]] bool verify(std::string_view message, std::span<const std::uint8_t> signature) const {
        return verify(as_bytes(message), signature);
    }

    [[nodiscard]] std::string pem() const;
    [[nodiscard]] Bytes der() const;
    /// As from_raw takes it; empty for RSA.
    [[nodiscard]] Bytes raw() const;
    /// SHA-256 of the DER form in lower-case hex: what two people compare out of band.
    [[nodiscard]] std::string fingerprint() const;

 private:
    friend class SigningKey;
    explicit VerifyKey(std::shared_ptr<const KeyPair> pair) : pair_(std::move(pair)) {}
    std::shared_ptr<const KeyPair> pair_;  // shared: verify keys are copied into snapshots read by many threads
};

/// The private half. Moves, never copies.
class SigningKey {
 public:
    /// PKCS#8 in PEM, not encrypted (SEC 1 and PKCS#1 PEM are read too).
    static Result<SigningKey> from_pem(SignatureAlgorithm algorithm, std::string_view pem);
    /// 32 bytes: the Ed25519 seed (RFC 8032), or SM2's d, big-endian in [1, n-2]. RSA is refused.
    static Result<SigningKey> from_secret(SignatureAlgorithm algorithm, std::span<const std::uint8_t> secret);
    /// Ed25519 and SM2 come from the given source, so a seed repeats them. RSA asks generate_rsa.
    static SigningKey generate(SignatureAlgorithm algorithm, Random& random);
    /// 2048 bits from the system's own source: not repeatable by a seed. A tenth of a second and more.
    static SigningKey generate_rsa(SignatureAlgorithm algorithm);

    SigningKey(SigningKey&&) noexcept = default;
    SigningKey& operator=(SigningKey&&) noexcept = default;
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;
    ~SigningKey() = default;

    [[nodiscard]] SignatureAlgorithm algorithm() const;
    [[nodiscard]] Bytes sign(std::span<const std::uint8_t> message) const;
    [[nodiscard]] Bytes sign(std::string_view message) const { return sign(as_bytes(message)); }
    /// SM2 with its nonce drawn from `nonces` (32 bytes a try, big-endian); the others sign as above. The same nonce
    /// for two messages gives the key away: for published vectors, or a secure source.
    [[nodiscard]] Bytes sign(std::span<const std::uint8_t> message, Random& nonces) const;

    [[nodiscard]] VerifyKey verify_key() const { return VerifyKey(pair_); }
    /// PKCS#8.
    [[nodiscard]] Secret pem() const;

 private:
    explicit SigningKey(std::shared_ptr<const KeyPair> pair) : pair_(std::move(pair)) {}
    std::shared_ptr<const KeyPair> pair_;  // shared with verify_key()
};

/// SM2 signatures in the other form that is met: SEQUENCE { r, s }. nullopt where the input is no such signature;
/// DER must be the one shortest form.
std::optional<Bytes> sm2_der_from_raw(std::span<const std::uint8_t> raw);
std::optional<Bytes> sm2_raw_from_der(std::span<const std::uint8_t> der);

}  // namespace huiqiao::crypto
