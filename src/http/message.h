#pragma once
// A request and an answer of HTTP/1.1 as the whole house sees them: whole in memory, no library's type; only an answer
// may go on after its head (Response::stream).
// Invariant: a header's name is a token and its value holds no control character, so nothing read or written here can
// smuggle a line. Limits are the server's and the client's; meaning is the routes'.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/base/result.h"

namespace huiqiao::http {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options };

std::string_view to_text(Method method);
/// Upper-case names only; others are nullopt (the server answers 501).
std::optional<Method> method_from_text(std::string_view text);

/// In the order of the message; names compare without regard to case.
class Headers {
 public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

    /// Appends. LogicError where the name is no token or the value holds CR, LF, NUL or another control character but
    /// TAB: who passes text from outside checks with is_name and is_value first.
    void add(std::string_view name, std::string_view value);
    /// Replaces all fields of that name by one.
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);

    /// The first field's value, or nullptr.
    [[nodiscard]] const std::string* find(std::string_view name) const;
    /// The only field of that name: nullptr where there is none or more than one. For whatever is signed or decides.
    [[nodiscard]] const std::string* only(std::string_view name) const;
    /// The first field's value, or "".
    [[nodiscard]] std::string_view value(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

    static bool is_name(std::string_view text);
    static bool is_value(std::string_view text);
    static bool same_name(std::string_view a, std::string_view b);

 private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Request {
    Method method = Method::Get;
    std::string target;     // path and query as received: "/v1/orders?limit=20"
    std::string path;       // before '?', as received (still percent-encoded)
    std::string raw_query;  // after '?', as received, without it
    Parameters query;       // decoded, in order
    Headers headers;
    std::string body;
    std::string peer;          // "127.0.0.1": the address of the other end of the connection
    Monotonic received_at{0};  // when the head was complete

    /// The only query parameter of that name; nullptr where it is missing or given twice.
    [[nodiscard]] const std::string* query_value(std::string_view name) const;
};

/// A handler's status that closes the connection without a byte: how the sandbox plays a counterparty that falls
/// silent.
inline constexpr int kNoAnswer = 599;

class ByteStream;

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    /// Instead of a body: what goes on until one end closes (byte_stream.h). The connection serves nothing else then.
    std::shared_ptr<ByteStream> stream{};

    static Response json(int status, std::string body);
    static Response text(int status, std::string body, std::string_view content_type = "text/plain; charset=utf-8");
};

/// "OK", "Not Found"; "" for a number without a name.
std::string_view reason(int status);

/// Strict: two hexadecimal digits after each '%', no NUL or control character in the result, valid UTF-8.
/// plus_is_space as in a query.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
/// Everything but unreserved characters (RFC 3986 2.3).
std::string percent_encode(std::string_view text);

/// Splits "/path?query" into a request's target, path, raw_query and query. kBadTarget where it does not begin with
/// '/', holds a character that a target may not, has "." or ".." or empty segments, or more than 64 parameters.
Status set_target(Request& request, std::string_view target);

namespace http_error {
inline constexpr ErrorCode kBadTarget{"bad_target", ErrorGroup::Syntax,
                                      "The request's target is not a valid path and query.",
                                      "请求目标不是有效的路径与查询。"};
}  // namespace http_error

}  // namespace huiqiao::http
