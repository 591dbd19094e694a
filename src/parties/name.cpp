// Names: what a person's or firm's name may be made of, and how two are compared.

#include <optional>

#include "src/parties/person.h"

namespace huiqiao::parties {

namespace {

/// The code point at `at`, which moves behind it; nullopt on anything that is not shortest-form UTF-8 of a scalar
/// value.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
        ++at;
        return lead;
    }
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || at + static_cast<std::size_t>(more) >= text.size()) return std::nullopt;
    char32_t code = lead & (0x3F >> more);
    for (int i = 1; i <= more; ++i) {
        const auto tail = static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
        if ((tail & 0xC0) != 0x80) return std::nullopt;
        code = (code << 6) | (tail & 0x3F);
    }
    const bool too_long = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    if (too_long || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
    at += static_cast<std::size_t>(more) + 1;
    return code;
}

/// Controls, zero-width and direction marks, line separators, the byte order mark, noncharacters.
bool is_refused(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xAD || code == 0x61C || code == 0x180E ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code & 0xFFFE) == 0xFFFE ||
           (code >= 0xFDD0 && code <= 0xFDEF);
}

bool is_space(char32_t code) {
    return code == ' ' || code == 0xA0 || code == 0x3000;
}

bool is_middle_dot(char32_t code) {
    switch (code) {
        case 0xB7:
        case 0x2022:
        case 0x2027:
        case 0x2219:
        case 0x22C5:
        case 0x30FB:
        case 0xFF0E:
        case 0xFF65: return true;
        default: return false;
    }
}

}  // namespace

bool is_name(std::string_view name, std::size_t most) {
    std::size_t count = 0;
    bool space_before = true;  // none at the beginning
    for (std::size_t at = 0; at < name.size(); ++count) {
        const std::optional<char32_t> code = next_code_point(name, at);
        if (!code || is_refused(*code)) return false;
        if (is_space(*code) && count == 0) return false;
        space_before = is_space(*code);
    }
    return count >= 1 && count <= most && !space_before;
}

std::string folded_name(std::string_view name) {
    std::string folded;
    folded.reserve(name.size());
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t from = at;
        const std::optional<char32_t> code = next_code_point(name, at);
        if (!code) return std::string(name);  // no text: compared as it is
        if (is_middle_dot(*code)) {
            folded += "\xC2\xB7";
        } else {
            folded += name.substr(from, at - from);
        }
    }
    return folded;
}

}  // namespace huiqiao::parties
