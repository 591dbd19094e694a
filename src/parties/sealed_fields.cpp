#include "src/parties/sealed_fields.h"

#include "src/base/error.h"

namespace huiqiao::parties {

namespace {
constexpr char kSeparator = '\x1F';
}

std::string join_fields(std::initializer_list<std::string_view> fields) {
    std::string joined;
    bool first = true;
    for (const std::string_view field : fields) {
        if (field.find(kSeparator) != std::string_view::npos) throw LogicError("a text to be sealed was not checked");
        if (!first) joined += kSeparator;
        first = false;
        joined += field;
    }
    return joined;
}

std::optional<std::vector<std::string>> split_fields(std::string_view joined, std::size_t count) {
    std::vector<std::string> fields;
    for (;;) {
        const std::size_t end = joined.find(kSeparator);
        fields.emplace_back(joined.substr(0, end));
        if (end == std::string_view::npos) break;
        joined.remove_prefix(end + 1);
    }
    if (fields.size() != count) return std::nullopt;
    return fields;
}

}  // namespace huiqiao::parties
