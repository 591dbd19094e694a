#pragma once
// Enumerators and the texts by which they are stored and shown, in one table for both ways. Only for sources of fx that
// hold such a table. Pure.

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/error.h"

namespace huiqiao::fx {

template <class E, std::size_t N>
using Texts = std::array<std::pair<E, std::string_view>, N>;

/// LogicError where the table lacks it.
template <class E, std::size_t N>
std::string_view text_of(const Texts<E, N>& table, E value) {
    for (const auto& [known, text] : table) {
        if (known == value) return text;
    }
    throw LogicError("an enumerator without a text");
}

/// Of what was stored: LogicError where the table lacks it.
template <class E, std::size_t N>
E value_of(const Texts<E, N>& table, std::string_view text) {
    for (const auto& [value, known] : table) {
        if (known == text) return value;
    }
    throw LogicError("'" + std::string(text) + "' is no text of this enumeration");
}

}  // namespace huiqiao::fx
