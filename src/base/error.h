#pragma once
// What can go wrong, in groups by what the caller must do next.
// A code is a constant of the room that raises it: frozen text, group, and one sentence each in English and
// Chinese with {parameters}. Parameters never hold secrets or personal data, so an error may be shown and logged.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace huiqiao {

/// What the caller must do; each group has one HTTP status (src/http/problem.cpp).
enum class ErrorGroup {
    Syntax,           // 400: the request cannot be read. Nothing happened; mend it
    Unauthenticated,  // 401: not proved who asks. Nothing happened
    Forbidden,        // 403: known, but may not. Nothing happened
    NotFound,         // 404: no such thing for this caller
    Conflict,         // 409: it contradicts what already stands. Nothing new happened
    TooLarge,         // 413: beyond a limit. Nothing happened
    Rule,             // 422: readable, but against a rule. Nothing happened; mend it
    Declined,         // 422: final business refusal. Nothing happened; do not ask again
    Throttled,        // 429: too fast. Nothing happened; wait, then ask again
    Retry,            // 503: could not be done now. Nothing happened; ask again later
    Unknown,          // 503: may have happened. Ask by the same key or reference, never anew
    Internal,         // 500: our bug. Its transaction was rolled back
};

/// Whether anything may have happened, said to the caller beside every error.
enum class Effect { None, Unknown, Done };

std::string_view to_text(Effect effect);

struct ErrorCode {
    std::string_view text;  // lower snake case, frozen: callers program against it
    ErrorGroup group;
    std::string_view english;
    std::string_view chinese;
};

struct Error {
    const ErrorCode* code;
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string pointer;  // JSON pointer of the offending field, or empty
    Effect effect = Effect::None;

    explicit Error(const ErrorCode& which, std::vector<std::pair<std::string, std::string>> with = {},
                   std::string at = {}, Effect what_happened = Effect::None);

    [[nodiscard]] std::string english() const;
    [[nodiscard]] std::string chinese() const;
};

/// A state that a correct program cannot reach: the current transaction is rolled back. Stays on in release builds.
class LogicError : public std::logic_error {
 public:
    using std::logic_error::logic_error;
};

}  // namespace huiqiao
