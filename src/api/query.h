#pragma once
// What routes read beside a body: known query parameters only, each at most once, and where a list goes on.

#include <initializer_list>
#include <string>
#include <string_view>

#include "src/http/cursor.h"
#include "src/http/message.h"

namespace huiqiao::api {

/// kBadQuery where the query holds another parameter, or one twice.
Status check_query(const http::Request& request, std::initializer_list<std::string_view> known);

/// For a route that takes no body: it is empty, or an object without fields.
Status check_no_body(const http::Request& request);

struct Page {
    int limit = http::kDefaultPageSize;
    std::string place;  // of the cursor; empty: from the beginning
};

/// Reads "limit" and "cursor"; kBadPageSize, kBadCursor.
Result<Page> read_page(const http::Request& request, const http::CursorCodec& cursors, std::string_view scope);

namespace api_error {
inline constexpr ErrorCode kBadQuery{"bad_query", ErrorGroup::Syntax,
                                     "The query parameter '{name}' is not known here, or is given twice.",
                                     "查询参数“{name}”在此处未定义或重复。"};
inline constexpr ErrorCode kBadFilter{"bad_filter", ErrorGroup::Syntax, "'{name}' cannot be '{value}'.",
                                      "“{name}”不能为“{value}”。"};
}  // namespace api_error

}  // namespace huiqiao::api
