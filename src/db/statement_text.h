#pragma once
// Statement constants turned into what the engines want: columns named one by one, placeholders found, lists widened.
// Pure text; no connection.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/rows.h"
#include "src/db/statement.h"

namespace huiqiao::db {

/// "a, +b" -> "a", "+b"; spaces go.
std::vector<std::string_view> split_names(std::string_view names);

/// A text cut at its placeholders: piece, placeholder, piece, … placeholder 0 is ":list", n is ":pn".
struct Cut {
    std::vector<std::string_view> pieces;  // one more than placeholders
    std::vector<int> placeholders;
    [[nodiscard]] bool has_list() const;
    [[nodiscard]] int parameters() const;  // the highest n
};
/// LogicError where it has more than one ":list". Quoted text is passed over.
Cut cut(std::string_view text);

/// 1, 8, 64 or 512: the smallest that holds count; 512 for more.
std::size_t list_width(std::size_t count);
inline constexpr std::size_t kLargestList = 512;

/// LogicError where the rows do not fit the kinds ('i' 't' 'I' 'T'), naming the statement and the column.
void require_kinds(const Rows& rows, std::string_view kinds, std::string_view what);
/// LogicError where parameters or list do not fit the placeholders.
void require_placeholders(const Cut& cut, std::size_t parameters, std::size_t list, std::string_view text);

}  // namespace huiqiao::db
