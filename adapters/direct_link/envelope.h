#pragma once
// The envelope of a direct link: <CMBSDKPGK> with <INFO> (function name, user, serial; in an answer the return code and
// its text), then the function's own elements. Written in the configured character set, read in the one that the
// answer's XML declaration names. Knows no function. A serial is one message's for ever; an answer repeats it.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/charset.h"
#include "src/xml/document.h"

namespace huiqiao::direct_link {

using Fields = std::vector<std::pair<std::string_view, std::string>>;

/// One element of fields; several of one name are rows.
struct Block {
    std::string_view name;
    Fields fields;
};

struct Request {
    std::string_view function;
    std::string user;
    std::string serial;
    std::vector<Block> blocks;
};
/// LogicError where the character set cannot write a name of ours: settings are checked when they are read.
std::string write_request(const Request& request, Charset charset);

struct Answer {
    xml::Document document;
    std::string function;
    std::string serial;
    std::string code;  // RETCOD: "0" where the front machine carried the function out
    std::string text;  // ERRMSG

    /// The elements of that name beneath the root.
    [[nodiscard]] xml::Children rows(std::string_view name) const { return document.root().children(name); }
};
/// Refused with the reason: another or unknown character set, bytes that are no text of it, XML that src/xml refuses,
/// an element that is missing or stands twice.
Result<Answer> read_answer(std::string_view bytes);

/// The text of the one child of that name; nullopt where there is none, or two.
std::optional<std::string> field(const xml::Node& block, std::string_view name);

namespace direct_link_error {
inline constexpr ErrorCode kUnknownCharset{"unknown_charset", ErrorGroup::Syntax,
                                           "The message declares a character set that is not read here.",
                                           "报文声明的字符集不受支持。"};
inline constexpr ErrorCode kBadEnvelope{"bad_envelope", ErrorGroup::Syntax,
                                        "The message is no envelope of a direct link: {field} is missing or doubled.",
                                        "报文不是银企直连信封：{field} 缺失或重复。"};
}  // namespace direct_link_error

}  // namespace huiqiao::direct_link
