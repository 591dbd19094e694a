#pragma once
// The Chinese for reasons that rooms put into their errors in English: "its port is not readable". An error's Chinese
// sentence takes them from here, so that a room names a reason once. A "{}" stands for what a reason carries along (an
// id, an amount), and is carried over. Codes, names and keys are no phrases: they are the same in both languages.
// tests/unit/phrases_test.cpp reads the sources and names every reason that is missing here.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace huiqiao {

struct Phrase {
    std::string_view english;
    std::string_view chinese;
};

/// All of them; those without "{}" are unique.
std::span<const Phrase> phrases();

/// nullopt where it is no known phrase.
std::optional<std::string> chinese_of(std::string_view english);

}  // namespace huiqiao
