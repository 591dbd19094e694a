#pragma once
// Bytes as text and back: lower-case hexadecimal, base64 (RFC 4648 section 4, padded) and base64url (unpadded).
// Decoding is strict: anything that the encoder would not have written is refused with nullopt.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace huiqiao {

using Bytes = std::vector<std::uint8_t>;

/// The bytes of a text, without a copy; valid as long as the text is.
inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string to_string(std::span<const std::uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

std::string hex(std::span<const std::uint8_t> bytes);
std::optional<Bytes> from_hex(std::string_view text);
std::string base64(std::span<const std::uint8_t> bytes);
std::optional<Bytes> from_base64(std::string_view text);
std::string base64url(std::span<const std::uint8_t> bytes);
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace huiqiao
