#pragma once
// The proof that a chain of entries is whole: next hash = SHA-256(previous hash || content), and signed anchors of
// its head that are kept outside the database. Content is a versioned, length-prefixed binary encoding, never text as
// a database or JSON prints it. Which fields an entry has, and where heads are stored, is the caller's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/crypto/hash.h"
#include "src/crypto/signing_key.h"

namespace huiqiao::crypto {

/// The previous hash of a chain's first entry: zeros.
inline constexpr Digest256 kChainStart{};

/// Canonical content: each field with its kind and length, so that no two lists of fields share an encoding.
class ChainContent {
 public:
    /// `version` names the field list; change it when the list changes.
    explicit ChainContent(std::uint8_t version) { bytes_.push_back(version); }
    ChainContent& text(std::string_view value);
    ChainContent& number(std::int64_t value);
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
    Bytes bytes_;
};

Digest256 next_hash(const Digest256& previous, std::span<const std::uint8_t> content);

/// What is signed: "slot `slot` stood at `seq` with `head` at `at`".
struct Anchor {
    std::int64_t slot = 0;
    std::int64_t seq = 0;
    Digest256 head{};
    Instant at{};  // microseconds UTC count
};

/// One line for an append-only file, without a line end: "anchor1 slot seq head at_us signature" (hex, hex). The key
/// is Ed25519 or SM2.
std::string sign_anchor(const Anchor& anchor, const SigningKey& key);
/// nullopt where the line is not of that form or its signature is not good.
std::optional<Anchor> read_anchor(std::string_view line, const VerifyKey& key);

}  // namespace huiqiao::crypto
