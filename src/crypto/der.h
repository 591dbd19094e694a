#pragma once
// The little of DER (X.690) that certificates and SM2 signatures need: write tag-length-value, and read one element
// with its length checked for the shortest form. Only this room uses it.

#include <cstdint>
#include <optional>
#include <span>

#include "src/base/encoding.h"

namespace huiqiao::crypto::der {

inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kSequence = 0x30;

/// tag, length, the parts joined.
Bytes element(std::uint8_t tag, std::initializer_list<std::span<const std::uint8_t>> parts);
/// A non-negative INTEGER from big-endian bytes.
Bytes integer(std::span<const std::uint8_t> magnitude);

struct Element {
    std::uint8_t tag;
    std::span<const std::uint8_t> whole;  // with tag and length
    std::span<const std::uint8_t> content;
};

/// Takes one element off the front of `bytes`; nullopt where there is none or its length is not in the shortest form.
/// Tags above 30 and lengths of 2^32 and more are not known.
std::optional<Element> take(std::span<const std::uint8_t>& bytes);

}  // namespace huiqiao::crypto::der
