#pragma once
// Writing JSON by appending to one text. Commas and quotes are the writer's, closing what was opened the caller's:
// a mismatch is a LogicError in take(). Text must be valid UTF-8 (LogicError): what we write, others must be able to
// read. No floating point.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::http {

class JsonWriter {
 public:
    explicit JsonWriter(std::size_t expected_bytes = 512) { text_.reserve(expected_bytes); }

    JsonWriter& open_object();
    JsonWriter& close_object();
    JsonWriter& open_array();
    JsonWriter& close_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool truth);
    JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
    JsonWriter& value(std::int64_t number);
    JsonWriter& value(std::uint64_t number);
    /// {"currency":"USD","amount":"12.34"}
    JsonWriter& value(const Money& money);
    JsonWriter& value(Instant instant);
    JsonWriter& value(Date date);
    JsonWriter& null();
    /// A value that is JSON already, written as it is.
    JsonWriter& raw(std::string_view json);

    template <class T>
    JsonWriter& field(std::string_view name, const T& what) {
        key(name);
        return value(what);
    }
    /// Left out where there is nothing.
    template <class T>
    JsonWriter& field(std::string_view name, const std::optional<T>& what) {
        return what ? field(name, *what) : *this;
    }
    JsonWriter& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }

    /// The finished text; LogicError where something is still open.
    std::string take();

 private:
    void begin_value();

    std::string text_;
    std::string open_;  // '{' and '[' that are open
    bool first_ = true;
    bool after_key_ = false;
};

/// The text as a JSON string with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace huiqiao::http
