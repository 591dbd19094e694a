#include "src/base/error.h"

#include "src/base/phrases.h"

namespace huiqiao {

namespace {

std::string fill_in(std::string_view sentence, const std::vector<std::pair<std::string, std::string>>& parameters) {
    std::string text;
    for (std::size_t at = 0; at < sentence.size();) {
        const std::size_t close = sentence[at] == '{' ? sentence.find('}', at) : std::string_view::npos;
        if (close == std::string_view::npos) {
            text += sentence[at++];
            continue;
        }
        const std::size_t begins = text.size();
        const std::string_view name = sentence.substr(at + 1, close - at - 1);
        for (const auto& [key, value] : parameters) {
            if (key == name) text += value;
        }
        at = close + 1;
        // A whole sentence filled in at a sentence's end brings its full stop with it.
        for (const std::string_view stop : {".", "。"}) {
            const bool is_filled = text.size() >= begins + stop.size();
            if (is_filled && text.ends_with(stop) && sentence.substr(at).starts_with(stop)) at += stop.size();
        }
    }
    return text;
}

}  // namespace

std::string_view to_text(Effect effect) {
    switch (effect) {
        case Effect::None: return "none";
        case Effect::Unknown: return "unknown";
        case Effect::Done: return "done";
    }
    throw LogicError("unnamed effect");
}

Error::Error(const ErrorCode& which, std::vector<std::pair<std::string, std::string>> with, std::string at,
             Effect what_happened)
    : code(&which), parameters(std::move(with)), pointer(std::move(at)), effect(what_happened) {}

std::string Error::english() const {
    return fill_in(code->english, parameters);
}

std::string Error::chinese() const {
    std::vector<std::pair<std::string, std::string>> in_chinese = parameters;
    for (auto& [key, value] : in_chinese) {
        // A field's name is the same in both languages, though a word like "payee" may be a phrase too.
        if (key != "field") value = chinese_of(value).value_or(value);
    }
    return fill_in(code->chinese, in_chinese);
}

}  // namespace huiqiao
