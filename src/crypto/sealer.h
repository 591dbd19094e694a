#pragma once
// Personal data at rest: sealed by AES-256-GCM or SM4-GCM under a key ring, bound to its place, and found again
// through blind indexes (reliability reference 5.5). A sealed text copied to another row, column or table does not
// open. Sealed text is base64 of: version (1 byte), cipher (1), key id (8), nonce (12), ciphertext, tag (16).
// Rotation: add a key, make it the active one, re-seal whatever is_current() denies, and only then drop the old key.
// A key serves less than 2^31 seals: nonces are random. Counting them is the operator's drill, not done here.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/random.h"
#include "src/base/result.h"
#include "src/base/secret.h"

namespace huiqiao::crypto {

enum class SealCipher { Aes256Gcm, Sm4Gcm };

/// Stored texts: aes_256_gcm, sm4_gcm.
std::string_view to_text(SealCipher cipher);
std::optional<SealCipher> seal_cipher_from_text(std::string_view text);
/// Bytes of a key: 32 for AES-256, 16 for SM4.
std::size_t key_length(SealCipher cipher);

/// The keys that open, and the one that seals.
class KeyRing {
 public:
    KeyRing() = default;
    KeyRing(KeyRing&&) noexcept = default;
    KeyRing& operator=(KeyRing&&) noexcept = default;
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;
    ~KeyRing() = default;

    /// `key_id` is 8 characters of a-z 0-9, never used again for another key. Throws LogicError on a wrong id or
    /// length, or an id that is there. The last one added seals.
    void add(std::string_view key_id, SealCipher cipher, Secret key);
    [[nodiscard]] bool empty() const { return keys_.empty(); }

 private:
    friend class Sealer;
    struct Entry {
        std::string key_id;
        SealCipher cipher;
        Secret key;
    };
    std::vector<Entry> keys_;
};

/// The place of a value, which its seal is bound to.
struct SealPlace {
    std::string_view table;
    std::string_view row_id;
    std::string_view column;
};

class Sealer {
 public:
    /// `nonces` is used by seal() only, under a lock: several threads may seal and open at once.
    Sealer(KeyRing ring, Random& nonces);
    ~Sealer();
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    [[nodiscard]] std::string seal(const SealPlace& place, std::string_view plain) const;
    /// seal_unreadable for whatever reason it does not open: key unknown, place another, bytes changed.
    [[nodiscard]] Result<std::string> open(const SealPlace& place, std::string_view sealed) const;
    /// Sealed under the active key; false asks for re-sealing.
    [[nodiscard]] bool is_current(std::string_view sealed) const;

 private:
    struct Engine;
    std::unique_ptr<Engine> engine_;
};

/// Equality look-ups of sealed values: a keyed hash, 128 bits in 32 hex digits, another key for each field. The caller
/// normalises the text first; the key is as secret as the data, since identity numbers can be guessed.
class BlindIndex {
 public:
    /// At least 32 bytes, else LogicError.
    explicit BlindIndex(Secret key);
    [[nodiscard]] std::string of(std::string_view field, std::string_view normalised) const;

 private:
    Secret key_;
};

}  // namespace huiqiao::crypto
