#include "src/base/encoding.h"

#include <array>

namespace huiqiao {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(std::span<const std::uint8_t> bytes, std::string_view alphabet, bool padded) {
    std::string text((bytes.size() + 2) / 3 * 4, '=');
    char* out = text.data();
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3) {
        const unsigned group = (unsigned{bytes[at]} << 16U) | (unsigned{bytes[at + 1]} << 8U) | bytes[at + 2];
        *out++ = alphabet[group >> 18U];
        *out++ = alphabet[(group >> 12U) & 63U];
        *out++ = alphabet[(group >> 6U) & 63U];
        *out++ = alphabet[group & 63U];
    }
    const std::size_t left = bytes.size() - at;
    if (left == 0) return text;
    const unsigned group = (unsigned{bytes[at]} << 16U) | (left == 2 ? unsigned{bytes[at + 1]} << 8U : 0U);
    *out++ = alphabet[group >> 18U];
    *out++ = alphabet[(group >> 12U) & 63U];
    if (left == 2) *out++ = alphabet[(group >> 6U) & 63U];
    if (!padded) text.resize(static_cast<std::size_t>(out - text.data()));
    return text;
}

constexpr std::uint8_t kNoDigit = 64;
using Digits = std::array<std::uint8_t, 256>;

constexpr Digits digits_of(std::string_view alphabet) {
    Digits digits{};
    digits.fill(kNoDigit);
    for (std::size_t at = 0; at < alphabet.size(); ++at) {
        digits[static_cast<unsigned char>(alphabet[at])] = static_cast<std::uint8_t>(at);
    }
    return digits;
}

constexpr Digits kStandardDigits = digits_of(kStandard);
constexpr Digits kUrlDigits = digits_of(kUrl);

std::optional<Bytes> decode64(std::string_view text, const Digits& digits, bool padded) {
    if (padded) {
        if (text.size() % 4 != 0) return std::nullopt;
        for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) return std::nullopt;
    Bytes bytes(text.size() * 3 / 4);
    std::uint8_t* out = bytes.data();
    unsigned group = 0;
    unsigned bits = 0;
    for (const char character : text) {
        const unsigned value = digits[static_cast<unsigned char>(character)];
        if (value == kNoDigit) return std::nullopt;
        group = (group << 6U) | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *out++ = static_cast<std::uint8_t>((group >> bits) & 0xFFU);
        }
    }
    // Left-over bits must be zero, or two texts would stand for the same bytes.
    if ((group & ((1U << bits) - 1U)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
    std::string text(bytes.size() * 2, '0');
    char* out = text.data();
    for (const std::uint8_t byte : bytes) {
        *out++ = kHex[byte >> 4U];
        *out++ = kHex[byte & 15U];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const std::size_t high = kHex.find(text[at]);
        const std::size_t low = kHex.find(text[at + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4U | low));
    }
    return bytes;
}

std::string base64(std::span<const std::uint8_t> bytes) {
    return encode64(bytes, kStandard, true);
}
std::optional<Bytes> from_base64(std::string_view text) {
    return decode64(text, kStandardDigits, true);
}
std::string base64url(std::span<const std::uint8_t> bytes) {
    return encode64(bytes, kUrl, false);
}
std::optional<Bytes> from_base64url(std::string_view text) {
    return decode64(text, kUrlDigits, false);
}

}  // namespace huiqiao
