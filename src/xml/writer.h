#pragma once
// Writes XML by appending: elements, attributes, namespaces and text through one escaping function. Text is escaped as
// Canonical XML does it and empty elements are a start and an end tag, so that output without a declaration, with
// attributes given in canonical order, is its own canonical form. Names come from our code: a malformed one, an
// attribute after content or an unclosed element is a LogicError. Text comes from outside: bytes that are no UTF-8 and
// characters that XML 1.0 forbids make finish() an error.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace huiqiao::xml {

class Writer {
 public:
    explicit Writer(std::size_t expected_bytes = 1024) { out_.reserve(expected_bytes); }

    /// <?xml version="1.0" encoding="UTF-8"?> with a line end; only at the start.
    Writer& declaration();
    Writer& open(std::string_view name);
    /// Also for namespaces: attribute("xmlns:ceb", uri).
    Writer& attribute(std::string_view name, std::string_view value);
    Writer& text(std::string_view value);
    /// Closes the innermost open element.
    Writer& close();
    /// open, text, close.
    Writer& element(std::string_view name, std::string_view value);
    /// A line end between elements, for people who read messages.
    Writer& line();

    /// The document, once. xml_forbidden_character names the first element at fault.
    Result<std::string> finish();

 private:
    struct Span {
        std::size_t at;
        std::size_t length;
    };
    void end_start_tag();
    void append(std::string_view value, bool in_attribute);

    std::string out_;
    std::vector<Span> open_;  // where the names of the open elements stand in out_
    bool in_start_tag_ = false;
    std::string forbidden_in_;  // the first element with a character that cannot be carried
};

/// Appends `value` escaped; false (with `out` undefined beyond its old end) where XML 1.0 cannot carry it.
bool append_escaped(std::string& out, std::string_view value, bool in_attribute);

}  // namespace huiqiao::xml
