#include "src/crypto/hash_chain.h"

#include <array>
#include <charconv>
#include <vector>

namespace huiqiao::crypto {

namespace {

constexpr std::string_view kAnchorTag = "anchor1";
constexpr std::uint8_t kTextField = 1;
constexpr std::uint8_t kNumberField = 2;

void append_number(Bytes& bytes, std::uint64_t value) {
    std::array<std::uint8_t, 8> digits;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        digits[at] = static_cast<std::uint8_t>((value >> (56U - 8U * at)) & 0xFFU);
    }
    bytes.insert(bytes.end(), digits.begin(), digits.end());
}

std::string signed_part(const Anchor& anchor) {
    std::string text(kAnchorTag);
    for (const std::int64_t number : {anchor.slot, anchor.seq}) text += " " + std::to_string(number);
    return text + " " + hex(anchor.head) + " " + std::to_string(to_us(anchor.at));
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

ChainContent& ChainContent::text(std::string_view value) {
    bytes_.push_back(kTextField);
    append_number(bytes_, value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
}

ChainContent& ChainContent::number(std::int64_t value) {
    bytes_.push_back(kNumberField);
    append_number(bytes_, static_cast<std::uint64_t>(value));
    return *this;
}

Digest256 next_hash(const Digest256& previous, std::span<const std::uint8_t> content) {
    Bytes joined;
    joined.reserve(previous.size() + content.size());
    joined.insert(joined.end(), previous.begin(), previous.end());
    joined.insert(joined.end(), content.begin(), content.end());
    return sha256(joined);
}

std::string sign_anchor(const Anchor& anchor, const SigningKey& key) {
    const std::string line = signed_part(anchor);
    return line + " " + hex(key.sign(line));
}

std::optional<Anchor> read_anchor(std::string_view line, const VerifyKey& key) {
    std::vector<std::string_view> words;
    for (std::string_view rest = line;;) {
        const std::size_t blank = rest.find(' ');
        words.push_back(rest.substr(0, blank));
        if (blank == std::string_view::npos) break;
        rest.remove_prefix(blank + 1);
    }
    if (words.size() != 6) return std::nullopt;
    const auto slot = number_of(words[1]);
    const auto seq = number_of(words[2]);
    const auto head = from_hex(words[3]);
    const auto at_us = number_of(words[4]);
    const auto signature = from_hex(words[5]);
    if (!slot || !seq || !head || head->size() != 32 || !at_us || !signature) return std::nullopt;
    Anchor anchor{.slot = *slot, .seq = *seq, .head = {}, .at = from_us(*at_us)};
    std::copy(head->begin(), head->end(), anchor.head.begin());
    // The signature is over the line as we would write it, so a second spelling of the same numbers is refused.
    const std::string expected = signed_part(anchor);
    if (!line.starts_with(expected + " ") || !key.verify(expected, *signature)) return std::nullopt;
    return anchor;
}

}  // namespace huiqiao::crypto
