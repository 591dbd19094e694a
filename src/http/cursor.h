#pragma once
// Page cursors: where a list goes on, as a text that its reader cannot make nor change. base64url of the place and a
// MAC over the list's name and the place, so a cursor of one list (or one platform's) is refused by another.

#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/http/message.h"

namespace huiqiao::http {

class CursorCodec {
 public:
    /// At least 16 random bytes, the same in all processes that serve one API.
    explicit CursorCodec(Secret key);

    /// scope names list, owner and filter ("orders:plt_1:state=paid"); the place is ours alone, such as the last id.
    [[nodiscard]] std::string write(std::string_view scope, std::string_view place) const;
    /// kBadCursor where it is not one that write made for this scope.
    [[nodiscard]] Result<std::string> read(std::string_view scope, std::string_view cursor) const;

 private:
    Secret key_;
};

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 200;

/// The query's limit: 1 to kMaxPageSize, kDefaultPageSize where it is missing (INP-09).
Result<int> page_size(const Request& request);

namespace http_error {
inline constexpr ErrorCode kBadCursor{"bad_cursor", ErrorGroup::Syntax, "This cursor was not given out for this list.",
                                      "该游标不属于此列表。"};
inline constexpr ErrorCode kBadPageSize{"bad_page_size", ErrorGroup::Syntax,
                                        "'limit' must be a number from 1 to {most}.",
                                        "“limit”必须是 1 至 {most} 的数字。"};
}  // namespace http_error

}  // namespace huiqiao::http
