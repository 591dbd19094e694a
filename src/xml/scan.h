#pragma once
// Judges a text before any parser builds a tree of it: UTF-8, well-formed XML 1.0 with namespaces, no DOCTYPE, no
// entity but XML's five, within limits. Both parsers of this room are lenient, each in its own way; after this scan
// they see the same document. Only this room uses it.

#include <cstddef>
#include <string_view>

#include "src/base/result.h"
#include "src/xml/document.h"

namespace huiqiao::xml {

struct Scanned {
    std::string_view text;           // without byte-order mark
    std::size_t root_start = 0;      // of '<' of the root's start tag
    std::size_t root_start_end = 0;  // behind its '>'
    std::size_t root_end = 0;        // of '<' of the root's end tag; 0 where the root is one empty tag
};

Result<Scanned> scan(std::string_view text, const Limits& limits);

Error bad_xml(std::size_t position, std::string reason);

}  // namespace huiqiao::xml
