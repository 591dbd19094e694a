#include "src/xml/character.h"

#include <algorithm>
#include <array>

namespace huiqiao::xml {

namespace {

struct CodeRange {
    std::uint32_t first;
    std::uint32_t last;
};

constexpr std::array<CodeRange, 16> kNameStart{{{':', ':'},
                                                {'A', 'Z'},
                                                {'_', '_'},
                                                {'a', 'z'},
                                                {0xC0, 0xD6},
                                                {0xD8, 0xF6},
                                                {0xF8, 0x2FF},
                                                {0x370, 0x37D},
                                                {0x37F, 0x1FFF},
                                                {0x200C, 0x200D},
                                                {0x2070, 0x218F},
                                                {0x2C00, 0x2FEF},
                                                {0x3001, 0xD7FF},
                                                {0xF900, 0xFDCF},
                                                {0xFDF0, 0xFFFD},
                                                {0x10000, 0xEFFFF}}};
constexpr std::array<CodeRange, 6> kNameMore{
    {{'-', '-'}, {'.', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}};

template <std::size_t Count>
bool is_in(const std::array<CodeRange, Count>& ranges, std::uint32_t code) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t ahead) -> std::uint32_t {
        return at + ahead < text.size() ? static_cast<std::uint8_t>(text[at + ahead]) : 0U;
    };
    const std::uint32_t lead = byte(0);
    if (at >= text.size()) return {};
    if (lead < 0x80) return {lead, 1};
    std::size_t length = 0;
    std::uint32_t code = 0;
    std::uint32_t least = 0;  // below it the form would be overlong
    if ((lead & 0xE0U) == 0xC0U) {
        length = 2, code = lead & 0x1FU, least = 0x80;
    } else if ((lead & 0xF0U) == 0xE0U) {
        length = 3, code = lead & 0x0FU, least = 0x800;
    } else if ((lead & 0xF8U) == 0xF0U) {
        length = 4, code = lead & 0x07U, least = 0x10000;
    } else {
        return {};
    }
    for (std::size_t ahead = 1; ahead < length; ++ahead) {
        if ((byte(ahead) & 0xC0U) != 0x80U) return {};
        code = (code << 6U) | (byte(ahead) & 0x3FU);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, length};
}

bool may_stand_in_text(std::uint32_t code) {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code <= 0xD7FF || (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

bool may_start_name(std::uint32_t code) {
    return is_in(kNameStart, code);
}

bool may_go_on_name(std::uint32_t code) {
    return is_in(kNameStart, code) || is_in(kNameMore, code);
}

}  // namespace huiqiao::xml
