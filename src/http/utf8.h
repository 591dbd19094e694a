#pragma once
// Well-formed UTF-8 by RFC 3629: shortest forms, no surrogates, nothing above U+10FFFF. Private to src/http.

#include <cstddef>
#include <string_view>

namespace huiqiao::http {

/// The length in bytes of the character that begins at the place, or 0 where none does.
std::size_t utf8_length(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);
/// The code point at the place, of the length that utf8_length answered.
char32_t utf8_code_point(std::string_view text, std::size_t at, std::size_t length);

}  // namespace huiqiao::http
