#pragma once
// Text in the character sets of Chinese banks, to UTF-8 and back, by the C library's iconv. Strict: bytes that are no
// text of the set, and characters that it cannot write, are an error; nothing is replaced or dropped. GBK is written as
// GBK and read as GB18030, which holds all of it, since machines that say GBK send either.

#include <optional>
#include <string>
#include <string_view>

#include "src/base/result.h"

namespace huiqiao {

enum class Charset { Utf8, Gbk, Gb18030 };

/// As an XML declaration names it: "UTF-8", "GBK", "GB18030".
std::string_view to_text(Charset charset);
/// Without regard to case; "GB2312" is read as GBK, which holds it. nullopt: none of ours.
std::optional<Charset> charset_from_text(std::string_view name);

/// kUndecodable with the place of the first byte at fault.
Result<std::string> to_utf8(Charset from, std::string_view bytes);
/// kUnencodable where the set has no such character, or the text is no UTF-8.
Result<std::string> from_utf8(Charset to, std::string_view text);

namespace base_error {
inline constexpr ErrorCode kUndecodable{"undecodable_text", ErrorGroup::Syntax,
                                        "The text is not {charset} at byte {position}.",
                                        "文本第 {position} 字节处不是 {charset} 编码。"};
inline constexpr ErrorCode kUnencodable{"unencodable_text", ErrorGroup::Rule,
                                        "{charset} cannot write the character at byte {position}.",
                                        "{charset} 无法表示第 {position} 字节处的字符。"};
}  // namespace base_error

}  // namespace huiqiao
