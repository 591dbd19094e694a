#include "src/http/json.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "src/http/utf8.h"

namespace huiqiao::http {

using simdjson::dom::element;
using simdjson::dom::element_type;

struct Json::Document {
    simdjson::dom::document content;
};

/// How a JsonValue holds a place in the library's document without naming its type in the header.
struct JsonAccess {
    static_assert(sizeof(element) <= sizeof(JsonValue::place_) && std::is_trivially_copyable_v<element>);
    static element get(const JsonValue& value) {
        element place;
        std::memcpy(&place, value.place_, sizeof place);
        return place;
    }
    static JsonValue make(element place) {
        JsonValue value;
        std::memcpy(value.place_, &place, sizeof place);
        return value;
    }
};

namespace {

// Names come back in pointers, so they are kept short whatever a text may be.
constexpr std::size_t kMaxNameBytes = 128;

std::string escaped_token(std::string_view name) {
    std::string token;
    for (const char c : name) token += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return token;
}

Error bad(std::string why, std::string pointer = "") {
    return Error(json_error::kBadJson, {{"why", std::move(why)}}, std::move(pointer));
}

/// Walks the whole document once for what the library lets pass.
class Walk {
 public:
    explicit Walk(const JsonLimits& limits) : limits_(limits) {}

    std::optional<Error> value(element place) {  // NOLINT(misc-no-recursion)
        switch (place.type()) {
            case element_type::OBJECT:
            case element_type::ARRAY: return inside(place);
            case element_type::STRING: return text(place.get_string().value_unsafe(), "a text");
            case element_type::DOUBLE: return bad("a number is not a whole number; amounts are texts", pointer_);
            case element_type::UINT64: return bad("a number is too large", pointer_);
            case element_type::INT64:
            case element_type::BOOL:
            case element_type::NULL_VALUE: return std::nullopt;
        }
        throw LogicError("unnamed JSON kind");
    }

 private:
    std::optional<Error> inside(element place) {  // NOLINT(misc-no-recursion)
        if (depth_ == limits_.max_depth) return bad("it is nested too deeply", pointer_);
        ++depth_;
        auto error = place.is_object() ? object(place) : array(place);
        --depth_;
        return error;
    }

    std::optional<Error> object(element place) {  // NOLINT(misc-no-recursion)
        const simdjson::dom::object inner = place.get_object().value_unsafe();
        std::vector<std::string_view> names;
        for (const auto& [name, field] : inner) {
            if (names.size() == limits_.max_object_fields) return bad("an object has too many fields", pointer_);
            if (name.size() > kMaxNameBytes) return bad("a field's name is too long", pointer_);
            if (auto error = text(name, "a field's name")) return error;
            names.push_back(name);
            const std::size_t before = pointer_.size();
            pointer_ += '/' + escaped_token(name);
            if (auto error = value(field)) return error;
            pointer_.resize(before);
        }
        std::sort(names.begin(), names.end());
        const auto twice = std::adjacent_find(names.begin(), names.end());
        if (twice != names.end()) return bad("a field is given twice", pointer_ + '/' + escaped_token(*twice));
        return std::nullopt;
    }

    std::optional<Error> array(element place) {  // NOLINT(misc-no-recursion)
        std::size_t index = 0;
        const simdjson::dom::array inner = place.get_array().value_unsafe();
        for (const element item : inner) {
            if (index == limits_.max_array_items) return bad("an array has too many items", pointer_);
            const std::size_t before = pointer_.size();
            pointer_ += '/' + std::to_string(index++);
            if (auto error = value(item)) return error;
            pointer_.resize(before);
        }
        return std::nullopt;
    }

    // A lone surrogate written as an escape must not become a byte sequence that is no UTF-8.
    std::optional<Error> text(std::string_view content, const std::string& what) const {
        if (content.size() > limits_.max_text_bytes) return bad(what + " is too long", pointer_);
        for (std::size_t at = 0; at < content.size();) {
            const auto byte = static_cast<unsigned char>(content[at]);
            if (byte >= 0x20 && byte < 0x7F) {
                ++at;
                continue;
            }
            const std::size_t length = utf8_length(content, at);
            if (length == 0) return bad(what + " is not UTF-8", pointer_);
            if (utf8_code_point(content, at, length) < 0xA0) return bad(what + " holds a control character", pointer_);
            at += length;
        }
        return std::nullopt;
    }

    const JsonLimits& limits_;
    std::size_t depth_ = 0;
    std::string pointer_;
};

std::string why_of(simdjson::error_code code) {
    switch (code) {
        case simdjson::DEPTH_ERROR: return "it is nested too deeply";
        case simdjson::UTF8_ERROR: return "it is not UTF-8";
        case simdjson::EMPTY: return "it is empty";
        case simdjson::NUMBER_ERROR: return "a number is malformed or too large";
        case simdjson::STRING_ERROR: return "a text holds a bad escape";
        case simdjson::UNESCAPED_CHARS: return "a text holds a control character";
        case simdjson::UNCLOSED_STRING: return "a text does not end";
        default: return "it is malformed";
    }
}

void require(bool fits, const char* wanted) {
    if (!fits) throw LogicError(std::string("a JSON value read as ") + wanted);
}

}  // namespace

JsonKind JsonValue::kind() const {
    switch (JsonAccess::get(*this).type()) {
        case element_type::OBJECT: return JsonKind::Object;
        case element_type::ARRAY: return JsonKind::Array;
        case element_type::STRING: return JsonKind::Text;
        case element_type::BOOL: return JsonKind::Bool;
        case element_type::NULL_VALUE: return JsonKind::Null;
        case element_type::INT64:
        case element_type::UINT64:
        case element_type::DOUBLE: return JsonKind::Integer;
    }
    throw LogicError("unnamed JSON kind");
}

bool JsonValue::boolean() const {
    require(kind() == JsonKind::Bool, "a truth value");
    return JsonAccess::get(*this).get_bool().value_unsafe();
}

std::int64_t JsonValue::integer() const {
    require(kind() == JsonKind::Integer, "an integer");
    return JsonAccess::get(*this).get_int64().value_unsafe();
}

std::string_view JsonValue::text() const {
    require(kind() == JsonKind::Text, "a text");
    return JsonAccess::get(*this).get_string().value_unsafe();
}

std::vector<JsonValue> JsonValue::items() const {
    require(kind() == JsonKind::Array, "an array");
    std::vector<JsonValue> all;
    const simdjson::dom::array inner = JsonAccess::get(*this).get_array().value_unsafe();
    for (const element item : inner) all.push_back(JsonAccess::make(item));
    return all;
}

std::vector<std::pair<std::string_view, JsonValue>> JsonValue::fields() const {
    require(kind() == JsonKind::Object, "an object");
    std::vector<std::pair<std::string_view, JsonValue>> all;
    const simdjson::dom::object inner = JsonAccess::get(*this).get_object().value_unsafe();
    for (const auto& [name, field] : inner) {
        all.emplace_back(name, JsonAccess::make(field));
    }
    return all;
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
    for (const auto& [key, value] : fields()) {
        if (key == name) return value;
    }
    return std::nullopt;
}

Json::Json(std::unique_ptr<Document> document) : document_(std::move(document)) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Result<Json> Json::parse(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.max_bytes) {
        return Error(json_error::kJsonTooLarge, {{"limit", std::to_string(limits.max_bytes)}});
    }
    if (text.starts_with("\xEF\xBB\xBF")) return bad("it begins with a byte order mark");
    // Kept per thread: its buffers are the costly part. It holds nothing after parsing, the document does.
    thread_local simdjson::dom::parser parser;
    auto document = std::make_unique<Document>();
    const std::size_t capacity = std::max(parser.capacity(), std::max<std::size_t>(text.size(), 4096));
    // The library does not count an innermost empty array or object: it bounds the stack here, Walk counts exactly.
    if (parser.allocate(capacity, limits.max_depth + 1) != simdjson::SUCCESS) return bad("it cannot be held in memory");
    element root;
    const auto code = parser.parse_into_document(document->content, text.data(), text.size(), true).get(root);
    if (code != simdjson::SUCCESS) return bad(why_of(code));
    if (auto error = Walk(limits).value(root)) return std::move(*error);
    return Json(std::move(document));
}

JsonValue Json::root() const {
    return JsonAccess::make(document_->content.root());
}

}  // namespace huiqiao::http
