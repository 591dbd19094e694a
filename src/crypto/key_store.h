#pragma once
// Keys as files of one directory: <name>.key (PKCS#8 PEM, or hex), <name>.crt (certificate PEM), <name>.ring.
// Private files are made with mode 0600 and refused when others may read them. With `create` on (demo and sandbox),
// what is absent is made; two processes that start together end with the same key. With it off, an absent file is an
// error: a real institution's keys are brought, not made. Names are lower snake case, at most 40 characters.

#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/crypto/certificate.h"
#include "src/crypto/sealer.h"
#include "src/crypto/signing_key.h"

namespace huiqiao::crypto {

enum class MissingKeys { Refuse, Create };

class KeyStore {
 public:
    /// The directory is made (mode 0700) where keys may be made.
    KeyStore(std::filesystem::path directory, MissingKeys missing, Random& random)
        : directory_(std::move(directory)), missing_(missing), random_(random) {}

    [[nodiscard]] Result<SigningKey> signing_key(std::string_view name, SignatureAlgorithm algorithm);
    /// The public half only: <name>.pub (PEM) where it stands, else out of <name>.key. Never made.
    [[nodiscard]] Result<VerifyKey> verify_key(std::string_view name, SignatureAlgorithm algorithm);
    /// The certificate beside `key`; made self-signed under `subject_name` for ten years from `now`. An error where it
    /// certifies another key.
    [[nodiscard]] Result<Certificate> certificate(std::string_view name, const SigningKey& key,
                                                  std::string_view subject_name, Instant now);
    /// Random bytes in hex.
    [[nodiscard]] Result<Secret> secret(std::string_view name, std::size_t length_bytes);
    /// Lines "key_id cipher hex"; the last one seals. A rotation appends a line.
    [[nodiscard]] Result<KeyRing> key_ring(std::string_view name, SealCipher cipher_of_a_new_one);

 private:
    [[nodiscard]] std::filesystem::path path_of(std::string_view name, std::string_view extension) const;
    [[nodiscard]] Result<Secret> read_private(const std::filesystem::path& path) const;
    [[nodiscard]] bool may_create(const std::filesystem::path& path) const;
    [[nodiscard]] Status write_once(const std::filesystem::path& path, std::span<const std::uint8_t> content);

    std::filesystem::path directory_;
    MissingKeys missing_;
    Random& random_;
};

/// Every key that the institution itself holds; webhook secrets stand with their endpoints.
struct InstitutionKeys {
    SigningKey answers;      // answers.key, Ed25519: signs answers of the API and webhooks
    SigningKey anchors;      // anchors.key, Ed25519: signs heads of the chains
    SigningKey customs_rsa;  // customs_rsa.key, RSA with SHA-1
    Certificate customs_rsa_certificate;
    SigningKey customs_sm2;  // customs_sm2.key, SM2 with SM3
    Certificate customs_sm2_certificate;
    KeyRing sealing;     // sealing.ring
    Secret blind_index;  // blind_index.key, 32 bytes
};

/// All of them, in that order; `institution_name` goes into certificates that are made.
Result<InstitutionKeys> load_institution_keys(KeyStore& store, std::string_view institution_name, Instant now,
                                              SealCipher cipher_of_a_new_ring = SealCipher::Aes256Gcm);

}  // namespace huiqiao::crypto
