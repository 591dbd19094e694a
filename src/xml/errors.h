#pragma once
// The error codes of this room. They name a place in the text, never the text itself.

#include "src/base/error.h"

namespace huiqiao::xml {

inline constexpr ErrorCode kBadXml{"bad_xml", ErrorGroup::Syntax,
                                   "the XML cannot be read at byte {position}: {reason}.",
                                   "XML 在第 {position} 字节处无法读取：{reason}。"};
inline constexpr ErrorCode kXmlTooLarge{"xml_too_large", ErrorGroup::TooLarge, "the XML is beyond a limit: {limit}.",
                                        "XML 超出限制：{limit}。"};
inline constexpr ErrorCode kForbiddenCharacter{"xml_forbidden_character", ErrorGroup::Rule,
                                               "element {element} holds a character that XML cannot carry.",
                                               "元素 {element} 含有 XML 不允许的字符。"};
inline constexpr ErrorCode kXmlSignatureInvalid{
    "xml_signature_invalid", ErrorGroup::Rule, "the XML signature is not valid: {reason}.", "XML 签名无效：{reason}。"};

}  // namespace huiqiao::xml
