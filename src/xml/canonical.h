#pragma once
// Inclusive Canonical XML 1.0 without comments (http://www.w3.org/TR/2001/REC-xml-c14n-20010315), as UTF-8 bytes.
// Reads under the same limits and refusals as document.h.

#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/xml/document.h"

namespace huiqiao::xml {

Result<std::string> canonical(std::string_view text, const Limits& limits = {});

/// One element as a node of its document: namespaces in scope above it are written on it. It is the first, in document
/// order, of that namespace and local name; bad_xml where there is none.
Result<std::string> canonical_element(std::string_view text, std::string_view namespace_uri,
                                      std::string_view local_name, const Limits& limits = {});

}  // namespace huiqiao::xml
