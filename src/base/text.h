#pragma once
// Texts that came from outside, made fit for a place of limited length. Lengths are bytes of UTF-8; a character is
// kept whole or left out, so that what was valid stays valid. It judges no content.

#include <cstddef>
#include <string>
#include <string_view>

namespace huiqiao {

/// The beginning of a text, at most that many bytes, ending at a whole character.
std::string cut_text(std::string_view text, std::size_t most);

}  // namespace huiqiao
