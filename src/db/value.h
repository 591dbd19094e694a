#pragma once
// One value on its way into or out of a statement: null, a 64-bit integer, or text. There is nothing else in our
// tables: money is minor units, rates are at scale 10, instants microseconds, dates yyyymmdd, sealed data base64.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/date.h"

namespace huiqiao::db {

class Value {
 public:
    Value() = default;  // null
    template <std::integral I>
    Value(I number)  // NOLINT(google-explicit-constructor)
        : kind_(Kind::Integer), number_(static_cast<std::int64_t>(number)) {}
    Value(std::string text) : kind_(Kind::Text), text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)
    Value(std::string_view text) : kind_(Kind::Text), text_(text) {}        // NOLINT(google-explicit-constructor)
    Value(const char* text) : kind_(Kind::Text), text_(text) {}             // NOLINT(google-explicit-constructor)
    Value(Instant instant) : Value(to_us(instant)) {}                       // NOLINT(google-explicit-constructor)
    Value(Date date) : Value(date.number()) {}                              // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool is_null() const { return kind_ == Kind::Null; }
    [[nodiscard]] bool is_integer() const { return kind_ == Kind::Integer; }
    /// LogicError where the value is something else.
    [[nodiscard]] std::int64_t integer() const {
        if (kind_ != Kind::Integer) refuse("an integer");
        return number_;
    }
    [[nodiscard]] const std::string& text() const {
        if (kind_ != Kind::Text) refuse("a text");
        return text_;
    }

 private:
    // Three plain members: g++ 12 warns of a std::variant of these where a null is moved.
    enum class Kind : std::uint8_t { Null, Integer, Text };
    [[noreturn]] void refuse(const char* wanted) const;
    Kind kind_ = Kind::Null;
    std::int64_t number_ = 0;
    std::string text_;
};

inline const Value kNull{};

}  // namespace huiqiao::db
