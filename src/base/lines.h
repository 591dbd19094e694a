#pragma once
// The lines of a text, one after another, with their numbers: what every reader of our tables begins with. It judges no
// content: comments and headings are the reader's.

#include <string_view>

namespace huiqiao {

/// for (Lines lines(text); lines.next();) … lines.line() … lines.number()
class Lines {
 public:
    explicit Lines(std::string_view text) : rest_(text) {}
    /// Goes on to the next line; false at the end of the text. A text that ends in a line's end has no line after it.
    bool next();
    /// Without its end, \n or \r\n.
    [[nodiscard]] std::string_view line() const { return line_; }
    /// From 1.
    [[nodiscard]] int number() const { return number_; }

 private:
    std::string_view rest_;
    std::string_view line_;
    int number_ = 0;
};

}  // namespace huiqiao
