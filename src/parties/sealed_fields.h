#pragma once
// Several texts as one, for one seal: joined by the unit separator, which no checked text holds. Private to the room.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace huiqiao::parties {

/// LogicError where a text holds the separator.
std::string join_fields(std::initializer_list<std::string_view> fields);
/// nullopt where their number is another.
std::optional<std::vector<std::string>> split_fields(std::string_view joined, std::size_t count);

}  // namespace huiqiao::parties
