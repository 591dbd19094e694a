#include "src/base/phrases.h"

#include <unordered_map>
#include <vector>

namespace huiqiao {

namespace {

constexpr std::string_view kPlace = "{}";

bool has_place(std::string_view text) {
    return text.find(kPlace) != std::string_view::npos;
}

/// Phrases without a place, by their English.
const std::unordered_map<std::string_view, std::string_view>& whole_phrases() {
    static const auto whole = [] {
        std::unordered_map<std::string_view, std::string_view> map;
        for (const Phrase& phrase : phrases()) {
            if (!has_place(phrase.english)) map.emplace(phrase.english, phrase.chinese);
        }
        return map;
    }();
    return whole;
}

/// What stands in the places of that pattern; nullopt where the text is another.
std::optional<std::vector<std::string_view>> filling(std::string_view pattern, std::string_view text) {
    std::vector<std::string_view> found;
    std::size_t place = pattern.find(kPlace);
    if (!text.starts_with(pattern.substr(0, place))) return std::nullopt;
    text.remove_prefix(place);
    while (place != std::string_view::npos) {
        pattern.remove_prefix(place + kPlace.size());
        place = pattern.find(kPlace);
        const std::string_view next = pattern.substr(0, place);
        const bool is_last = place == std::string_view::npos;
        if (is_last && !text.ends_with(next)) return std::nullopt;
        const std::size_t end = is_last ? text.size() - next.size() : text.find(next);
        if (end == std::string_view::npos || end == 0) return std::nullopt;
        found.push_back(text.substr(0, end));
        text.remove_prefix(end + next.size());
    }
    return found;
}

std::string filled(std::string_view pattern, const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) {
        const std::size_t place = pattern.find(kPlace);
        text += pattern.substr(0, place);
        const auto known = whole_phrases().find(word);
        text += known == whole_phrases().end() ? word : known->second;
        pattern.remove_prefix(place + kPlace.size());
    }
    return text.append(pattern);
}

}  // namespace

std::optional<std::string> chinese_of(std::string_view english) {
    const auto known = whole_phrases().find(english);
    if (known != whole_phrases().end()) return std::string(known->second);
    for (const Phrase& phrase : phrases()) {
        if (!has_place(phrase.english)) continue;
        if (const auto words = filling(phrase.english, english)) return filled(phrase.chinese, *words);
    }
    return std::nullopt;
}

}  // namespace huiqiao
