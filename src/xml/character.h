#pragma once
// Reads one character of UTF-8 text, strictly (no overlong forms, no surrogates), and tells which characters XML 1.0
// allows and which may stand in names. Only this room uses it.

#include <cstdint>
#include <string_view>

namespace huiqiao::xml {

struct Character {
    std::uint32_t code = 0;
    std::size_t length = 0;  // bytes; 0 where the bytes are no UTF-8
};

Character character_at(std::string_view text, std::size_t at);

/// XML 1.0 production 2.
bool may_stand_in_text(std::uint32_t code);
/// Productions 4 and 4a. A colon is allowed here; names with more than one are refused by the scan.
bool may_start_name(std::uint32_t code);
bool may_go_on_name(std::uint32_t code);

}  // namespace huiqiao::xml
