#include "src/crypto/der.h"

#include <algorithm>

namespace huiqiao::crypto::der {

Bytes element(std::uint8_t tag, std::initializer_list<std::span<const std::uint8_t>> parts) {
    std::size_t length = 0;
    for (const auto& part : parts) length += part.size();
    Bytes bytes{tag};
    if (length < 0x80) {
        bytes.push_back(static_cast<std::uint8_t>(length));
    } else {
        Bytes digits;
        for (std::size_t rest = length; rest > 0; rest >>= 8U)
            digits.push_back(static_cast<std::uint8_t>(rest & 0xFFU));
        bytes.push_back(static_cast<std::uint8_t>(0x80U | digits.size()));
        bytes.insert(bytes.end(), digits.rbegin(), digits.rend());
    }
    bytes.reserve(bytes.size() + length);
    for (const auto& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

Bytes integer(std::span<const std::uint8_t> magnitude) {
    while (magnitude.size() > 1 && magnitude.front() == 0) magnitude = magnitude.subspan(1);
    static constexpr std::uint8_t kZero[] = {0};
    if (magnitude.empty()) return element(kInteger, {kZero});
    // A leading one bit would make it negative.
    if ((magnitude.front() & 0x80U) != 0) return element(kInteger, {kZero, magnitude});
    return element(kInteger, {magnitude});
}

std::optional<Element> take(std::span<const std::uint8_t>& bytes) {
    if (bytes.size() < 2 || (bytes[0] & 0x1FU) == 0x1FU) return std::nullopt;
    std::size_t at = 2;
    std::size_t length = bytes[1];
    if (length >= 0x80) {
        const std::size_t digits = length & 0x7FU;
        if (digits == 0 || digits > 4 || bytes.size() < at + digits) return std::nullopt;
        length = 0;
        for (std::size_t i = 0; i < digits; ++i) length = (length << 8U) | bytes[at + i];
        if (bytes[at] == 0 || length < 0x80) return std::nullopt;
        at += digits;
    }
    if (bytes.size() - at < length) return std::nullopt;
    const Element taken{.tag = bytes[0], .whole = bytes.first(at + length), .content = bytes.subspan(at, length)};
    bytes = bytes.subspan(at + length);
    return taken;
}

}  // namespace huiqiao::crypto::der
