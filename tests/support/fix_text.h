#pragma once
// FIX messages in tests: '|' stands for SOH, and an answer comes with what was asked, as the client writes it.

#include <string>

#include "adapters/fix44/adapter.h"

namespace huiqiao::testing {

inline std::string with_soh(std::string text) {
    for (char& letter : text) letter = letter == '|' ? fix44::kSoh : letter;
    return text;
}
inline std::string with_bars(std::string text) {
    for (char& letter : text) letter = letter == fix44::kSoh ? '|' : letter;
    return text;
}
inline WireAnswer fix_answer(const std::string& asked, const std::string& body) {
    WireAnswer answer{WireAnswer::Kind::Answered, 200, {}, with_soh(body), ""};
    answer.headers.emplace_back(fix44::kAskedHeader, with_bars(asked));
    return answer;
}
inline std::string changed(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw LogicError("nothing to change: " + std::string(from));
    return text.replace(at, from.size(), to);
}

}  // namespace huiqiao::testing
