#pragma once
// Reading JSON strictly (INP-04): valid UTF-8 without a BOM, one value and nothing after it, no key twice, bounded
// depth, lengths and bytes, no NUL or other control character in any text (C0, DEL, C1, escaped or not), integers only.
// The one reader of everything that arrives as JSON. JsonObject reads typed fields and notes every fault with its JSON
// pointer, so that one answer names several. Writing: json_writer.h.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"
#include "src/base/result.h"

namespace huiqiao::http {

struct JsonLimits {
    std::size_t max_depth = 8;  // of objects and arrays in each other; a bare object has 1
    std::size_t max_array_items = 500;
    std::size_t max_object_fields = 128;
    std::size_t max_text_bytes = 8192;  // of one string, decoded
    std::size_t max_bytes = std::size_t{256} * 1024;
};

enum class JsonKind { Null, Bool, Integer, Text, Array, Object };

/// A place in a Json, valid as long as that Json lives (moving the Json is allowed).
class JsonValue {
 public:
    [[nodiscard]] JsonKind kind() const;
    /// Each is a LogicError on another kind.
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] std::string_view text() const;
    [[nodiscard]] std::vector<JsonValue> items() const;
    [[nodiscard]] std::vector<std::pair<std::string_view, JsonValue>> fields() const;
    /// A field of an object.
    [[nodiscard]] std::optional<JsonValue> find(std::string_view name) const;

 private:
    friend class Json;
    friend struct JsonAccess;
    alignas(8) std::byte place_[16];
};

class Json {
 public:
    /// kBadJson (with why), kJsonTooLarge; the pointer names the place of a fault found after the text was read.
    static Result<Json> parse(std::string_view text, const JsonLimits& limits = {});
    Json(Json&&) noexcept;
    Json& operator=(Json&&) noexcept;
    ~Json();

    [[nodiscard]] JsonValue root() const;

 private:
    struct Document;
    explicit Json(std::unique_ptr<Document> document);
    std::unique_ptr<Document> document_;
};

struct TextRule {
    std::size_t min_characters = 1;  // code points
    std::size_t max_characters = 255;
    bool single_name = false;  // a person's or firm's name: no bidi controls, no zero-width characters (INP-05)
    bool ascii = false;        // printable ASCII only
};

/// Reads one object's fields. Each reader that fails notes an Error and returns an empty value; the caller reads all,
/// calls finish() and then looks whether errors is empty. A field with null is a wrong type, not a missing one.
class JsonObject {
 public:
    /// At most this many faults are noted in one answer.
    static constexpr std::size_t kMaxErrors = 50;

    /// errors must outlive the reader. Where the value is no object this notes it, and every reader returns nothing.
    JsonObject(JsonValue value, std::vector<Error>& errors, std::string pointer = "");

    [[nodiscard]] bool has(std::string_view name) const;

    std::string text(std::string_view name, const TextRule& rule = {});
    std::optional<std::string> optional_text(std::string_view name, const TextRule& rule = {});
    bool boolean(std::string_view name);
    std::optional<bool> optional_boolean(std::string_view name);
    /// Inclusive bounds; 0 where it failed.
    std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most);
    /// {"currency":"USD","amount":"12.34"}, both strings, nothing else in it (INP-01). nullopt only with a fault noted.
    std::optional<Money> money(std::string_view name);
    std::optional<Money> positive_money(std::string_view name);
    std::optional<Money> optional_money(std::string_view name);
    std::optional<Currency> currency(std::string_view name);
    std::optional<Currency> optional_currency(std::string_view name);
    std::optional<Instant> instant(std::string_view name);
    std::optional<Instant> optional_instant(std::string_view name);
    std::optional<Date> date(std::string_view name);
    std::optional<Date> optional_date(std::string_view name);
    /// One of these texts; "" where it failed.
    std::string choice(std::string_view name, std::span<const std::string_view> allowed);
    std::optional<std::string> optional_choice(std::string_view name, std::span<const std::string_view> allowed);
    /// A reader on the inner object; on a fault one that returns nothing and notes nothing more.
    JsonObject object(std::string_view name);
    std::optional<JsonObject> optional_object(std::string_view name);
    /// Items between the bounds, inclusive; empty where it failed. Read objects in it with JsonObject(item, errors,
    /// pointer_to(name) + "/" + index), or by objects().
    std::vector<JsonValue> array(std::string_view name, std::size_t least, std::size_t most);
    std::vector<JsonObject> objects(std::string_view name, std::size_t least, std::size_t most);
    std::vector<std::string> texts(std::string_view name, std::size_t least, std::size_t most,
                                   const TextRule& rule = {});

    /// Marks a field as known without reading it.
    void allow(std::string_view name);
    /// Notes every field that no reader asked for. Not called where the sender may add fields (banks' answers).
    void finish();
    /// Notes a fault of this field that only the caller can see.
    void fault(std::string_view name, const ErrorCode& code,
               std::vector<std::pair<std::string, std::string>> with = {});
    [[nodiscard]] std::string pointer_to(std::string_view name) const;
    [[nodiscard]] const std::string& pointer() const { return pointer_; }

 private:
    struct Field {
        std::string_view name;
        JsonValue value;
        bool asked;
    };
    Field* ask(std::string_view name, bool required);
    const JsonValue* typed(std::string_view name, bool required, JsonKind kind);
    void note(Error error);
    std::optional<std::string> read_text(std::string_view name, bool required, const TextRule& rule);
    std::optional<std::string> checked_text(const JsonValue& value, const std::string& at, const TextRule& rule);
    std::optional<bool> read_boolean(std::string_view name, bool required);
    std::optional<std::int64_t> read_integer(std::string_view name, bool required, std::int64_t least,
                                             std::int64_t most);
    std::optional<Money> read_money(std::string_view name, bool required, bool positive);
    std::optional<Currency> read_currency(std::string_view name, bool required);
    std::optional<Instant> read_instant(std::string_view name, bool required);
    std::optional<Date> read_date(std::string_view name, bool required);
    std::optional<std::string> read_choice(std::string_view name, bool required,
                                           std::span<const std::string_view> allowed);

    std::vector<Field> fields_;
    std::vector<Error>* errors_;
    std::string pointer_;
    bool readable_;
};

namespace json_error {
inline constexpr ErrorCode kBadJson{"bad_json", ErrorGroup::Syntax, "The body is not acceptable JSON: {why}.",
                                    "请求体不是可接受的 JSON：{why}。"};
inline constexpr ErrorCode kJsonTooLarge{"body_too_large", ErrorGroup::TooLarge,
                                         "The body is larger than {limit} bytes.", "请求体超过 {limit} 字节。"};
inline constexpr ErrorCode kMissingField{"missing_field", ErrorGroup::Syntax, "The field '{field}' is missing.",
                                         "缺少字段“{field}”。"};
inline constexpr ErrorCode kUnknownField{"unknown_field", ErrorGroup::Syntax, "There is no field '{field}' here.",
                                         "此处没有字段“{field}”。"};
inline constexpr ErrorCode kWrongType{"wrong_type", ErrorGroup::Syntax, "'{field}' must be {wanted}.",
                                      "“{field}”必须是 {wanted}。"};
inline constexpr ErrorCode kBadLength{"bad_length", ErrorGroup::Syntax, "'{field}' must have {least} to {most} {unit}.",
                                      "“{field}”的长度应为 {least} 至 {most}（{unit}）。"};
inline constexpr ErrorCode kBadCharacter{"bad_character", ErrorGroup::Syntax,
                                         "'{field}' holds a character that is not allowed there.",
                                         "“{field}”含有不允许的字符。"};
inline constexpr ErrorCode kOutOfRange{"out_of_range", ErrorGroup::Syntax,
                                       "'{field}' must be between {least} and {most}.",
                                       "“{field}”必须在 {least} 与 {most} 之间。"};
inline constexpr ErrorCode kNotAChoice{"not_a_choice", ErrorGroup::Syntax, "'{field}' must be one of: {choices}.",
                                       "“{field}”必须是以下之一：{choices}。"};
inline constexpr ErrorCode kNotPositive{"amount_not_positive", ErrorGroup::Rule, "'{field}' must be greater than zero.",
                                        "“{field}”必须大于零。"};
}  // namespace json_error

}  // namespace huiqiao::http
