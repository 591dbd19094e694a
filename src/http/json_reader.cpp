// JsonObject: typed fields of one object, with every fault noted.

#include <algorithm>

#include "src/http/json.h"
#include "src/http/utf8.h"

namespace huiqiao::http {

namespace {

std::string_view wanted(JsonKind kind) {
    switch (kind) {
        case JsonKind::Null: return "null";
        case JsonKind::Bool: return "true or false";
        case JsonKind::Integer: return "a whole number";
        case JsonKind::Text: return "a text";
        case JsonKind::Array: return "an array";
        case JsonKind::Object: return "an object";
    }
    throw LogicError("unnamed JSON kind");
}

std::string last_of(const std::string& pointer) {
    return pointer.substr(pointer.find_last_of('/') + 1);
}

// INP-05: characters that make a name look like another one, or run the other way.
bool hides_in_a_name(char32_t c) {
    return c == 0x00AD || c == 0x061C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE007F);
}

/// As kBadLength, where there is one length only.
constexpr ErrorCode kBadExactLength{"bad_length", ErrorGroup::Syntax, "'{field}' must have exactly {most} {unit}.",
                                    "“{field}”的长度应为 {most}（{unit}）。"};

Error length_error(const std::string& at, std::size_t least, std::size_t most, std::string unit) {
    return Error(least == most ? kBadExactLength : json_error::kBadLength,
                 {{"field", last_of(at)},
                  {"least", std::to_string(least)},
                  {"most", std::to_string(most)},
                  {"unit", std::move(unit)}},
                 at);
}

}  // namespace

JsonObject::JsonObject(JsonValue value, std::vector<Error>& errors, std::string pointer)
    : errors_(&errors), pointer_(std::move(pointer)), readable_(value.kind() == JsonKind::Object) {
    if (!readable_) {
        const std::string name = pointer_.empty() ? "the body" : last_of(pointer_);
        note(Error(json_error::kWrongType, {{"field", name}, {"wanted", std::string(wanted(JsonKind::Object))}},
                   pointer_));
        return;
    }
    for (const auto& [name, field] : value.fields()) fields_.push_back({name, field, false});
}

void JsonObject::note(Error error) {
    if (errors_->size() < kMaxErrors) errors_->push_back(std::move(error));
}

std::string JsonObject::pointer_to(std::string_view name) const {
    std::string pointer = pointer_ + '/';
    for (const char c : name) pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return pointer;
}

void JsonObject::fault(std::string_view name, const ErrorCode& code,
                       std::vector<std::pair<std::string, std::string>> with) {
    note(Error(code, std::move(with), pointer_to(name)));
}

bool JsonObject::has(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
}

JsonObject::Field* JsonObject::ask(std::string_view name, bool required) {
    for (Field& field : fields_) {
        if (field.name != name) continue;
        field.asked = true;
        return &field;
    }
    if (required && readable_) fault(name, json_error::kMissingField, {{"field", std::string(name)}});
    return nullptr;
}

const JsonValue* JsonObject::typed(std::string_view name, bool required, JsonKind kind) {
    const Field* field = ask(name, required);
    if (!field) return nullptr;
    if (field->value.kind() == kind) return &field->value;
    fault(name, json_error::kWrongType, {{"field", std::string(name)}, {"wanted", std::string(wanted(kind))}});
    return nullptr;
}

void JsonObject::allow(std::string_view name) {
    ask(name, false);
}

void JsonObject::finish() {
    for (const Field& field : fields_) {
        if (!field.asked) fault(field.name, json_error::kUnknownField, {{"field", std::string(field.name)}});
    }
}

std::optional<std::string> JsonObject::checked_text(const JsonValue& value, const std::string& at,
                                                    const TextRule& rule) {
    const std::string_view text = value.text();
    std::size_t characters = 0;
    for (std::size_t place = 0; place < text.size(); ++characters) {
        const std::size_t length = utf8_length(text, place);
        const char32_t code = utf8_code_point(text, place, length);
        if ((rule.ascii && code > 0x7E) || (rule.single_name && hides_in_a_name(code))) {
            note(Error(json_error::kBadCharacter, {{"field", last_of(at)}}, at));
            return std::nullopt;
        }
        place += length;
    }
    if (characters < rule.min_characters || characters > rule.max_characters) {
        note(length_error(at, rule.min_characters, rule.max_characters, "characters"));
        return std::nullopt;
    }
    return std::string(text);
}

std::optional<std::string> JsonObject::read_text(std::string_view name, bool required, const TextRule& rule) {
    const JsonValue* value = typed(name, required, JsonKind::Text);
    if (!value) return std::nullopt;
    return checked_text(*value, pointer_to(name), rule);
}

std::string JsonObject::text(std::string_view name, const TextRule& rule) {
    return read_text(name, true, rule).value_or("");
}

std::optional<std::string> JsonObject::optional_text(std::string_view name, const TextRule& rule) {
    return read_text(name, false, rule);
}

std::optional<bool> JsonObject::read_boolean(std::string_view name, bool required) {
    const JsonValue* value = typed(name, required, JsonKind::Bool);
    if (!value) return std::nullopt;
    return value->boolean();
}

bool JsonObject::boolean(std::string_view name) {
    return read_boolean(name, true).value_or(false);
}

std::optional<bool> JsonObject::optional_boolean(std::string_view name) {
    return read_boolean(name, false);
}

std::optional<std::int64_t> JsonObject::read_integer(std::string_view name, bool required, std::int64_t least,
                                                     std::int64_t most) {
    const JsonValue* value = typed(name, required, JsonKind::Integer);
    if (!value) return std::nullopt;
    const std::int64_t number = value->integer();
    if (number >= least && number <= most) return number;
    fault(name, json_error::kOutOfRange,
          {{"field", std::string(name)}, {"least", std::to_string(least)}, {"most", std::to_string(most)}});
    return std::nullopt;
}

std::int64_t JsonObject::integer(std::string_view name, std::int64_t least, std::int64_t most) {
    return read_integer(name, true, least, most).value_or(0);
}

std::optional<std::int64_t> JsonObject::optional_integer(std::string_view name, std::int64_t least, std::int64_t most) {
    return read_integer(name, false, least, most);
}

std::optional<Money> JsonObject::read_money(std::string_view name, bool required, bool positive) {
    const JsonValue* value = typed(name, required, JsonKind::Object);
    if (!value) return std::nullopt;
    JsonObject inner(*value, *errors_, pointer_to(name));
    const auto currency = inner.currency("currency");
    const auto amount = inner.read_text("amount", true, {.max_characters = 32});
    inner.finish();
    if (!currency || !amount) return std::nullopt;
    auto money = Money::parse(*currency, *amount);
    if (!money) {
        Error error = money.error();
        error.pointer = inner.pointer_to("amount");
        note(std::move(error));
        return std::nullopt;
    }
    if (positive && !money->is_positive()) {
        inner.fault("amount", json_error::kNotPositive, {{"field", std::string(name)}});
        return std::nullopt;
    }
    return *money;
}

std::optional<Money> JsonObject::money(std::string_view name) {
    return read_money(name, true, false);
}

std::optional<Money> JsonObject::positive_money(std::string_view name) {
    return read_money(name, true, true);
}

std::optional<Money> JsonObject::optional_money(std::string_view name) {
    return read_money(name, false, false);
}

std::optional<Currency> JsonObject::read_currency(std::string_view name, bool required) {
    const auto code = read_text(name, required, {.min_characters = 3, .max_characters = 3, .ascii = true});
    if (!code) return std::nullopt;
    auto currency = Currency::find(*code);
    if (currency) return *currency;
    Error error = currency.error();
    error.pointer = pointer_to(name);
    note(std::move(error));
    return std::nullopt;
}

std::optional<Currency> JsonObject::currency(std::string_view name) {
    return read_currency(name, true);
}

std::optional<Currency> JsonObject::optional_currency(std::string_view name) {
    return read_currency(name, false);
}

std::optional<Instant> JsonObject::read_instant(std::string_view name, bool required) {
    const auto text = read_text(name, required, {.max_characters = 40, .ascii = true});
    if (!text) return std::nullopt;
    auto instant = parse_rfc3339(*text);
    if (instant) return *instant;
    Error error = instant.error();
    error.pointer = pointer_to(name);
    note(std::move(error));
    return std::nullopt;
}

std::optional<Instant> JsonObject::instant(std::string_view name) {
    return read_instant(name, true);
}

std::optional<Instant> JsonObject::optional_instant(std::string_view name) {
    return read_instant(name, false);
}

std::optional<Date> JsonObject::read_date(std::string_view name, bool required) {
    const auto text = read_text(name, required, {.max_characters = 16, .ascii = true});
    if (!text) return std::nullopt;
    auto date = Date::parse(*text);
    if (date) return *date;
    Error error = date.error();
    error.pointer = pointer_to(name);
    note(std::move(error));
    return std::nullopt;
}

std::optional<Date> JsonObject::date(std::string_view name) {
    return read_date(name, true);
}

std::optional<Date> JsonObject::optional_date(std::string_view name) {
    return read_date(name, false);
}

std::optional<std::string> JsonObject::read_choice(std::string_view name, bool required,
                                                   std::span<const std::string_view> allowed) {
    const JsonValue* value = typed(name, required, JsonKind::Text);
    if (!value) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), value->text()) != allowed.end()) return std::string(value->text());
    std::string choices;
    for (const std::string_view choice : allowed) choices.append(choices.empty() ? "" : ", ").append(choice);
    fault(name, json_error::kNotAChoice, {{"field", std::string(name)}, {"choices", std::move(choices)}});
    return std::nullopt;
}

std::string JsonObject::choice(std::string_view name, std::span<const std::string_view> allowed) {
    return read_choice(name, true, allowed).value_or("");
}

std::optional<std::string> JsonObject::optional_choice(std::string_view name,
                                                       std::span<const std::string_view> allowed) {
    return read_choice(name, false, allowed);
}

JsonObject JsonObject::object(std::string_view name) {
    if (const JsonValue* value = typed(name, true, JsonKind::Object)) return {*value, *errors_, pointer_to(name)};
    // The fault is noted; a reader without fields that notes nothing more stands in for the object.
    JsonObject nothing = *this;
    nothing.fields_.clear();
    nothing.pointer_ = pointer_to(name);
    nothing.readable_ = false;
    return nothing;
}

std::optional<JsonObject> JsonObject::optional_object(std::string_view name) {
    const JsonValue* value = typed(name, false, JsonKind::Object);
    if (!value) return std::nullopt;
    return JsonObject(*value, *errors_, pointer_to(name));
}

std::vector<JsonValue> JsonObject::array(std::string_view name, std::size_t least, std::size_t most) {
    const JsonValue* value = typed(name, true, JsonKind::Array);
    if (!value) return {};
    auto items = value->items();
    if (items.size() >= least && items.size() <= most) return items;
    note(length_error(pointer_to(name), least, most, "items"));
    return {};
}

std::vector<JsonObject> JsonObject::objects(std::string_view name, std::size_t least, std::size_t most) {
    std::vector<JsonObject> all;
    const std::string at = pointer_to(name) + '/';
    for (const JsonValue& item : array(name, least, most)) {
        all.emplace_back(item, *errors_, at + std::to_string(all.size()));
    }
    return all;
}

std::vector<std::string> JsonObject::texts(std::string_view name, std::size_t least, std::size_t most,
                                           const TextRule& rule) {
    std::vector<std::string> all;
    std::size_t index = 0;
    for (const JsonValue& item : array(name, least, most)) {
        const std::string at = pointer_to(name) + '/' + std::to_string(index++);
        if (item.kind() != JsonKind::Text) {
            note(Error(json_error::kWrongType, {{"field", std::string(name)}, {"wanted", "a list of texts"}}, at));
            continue;
        }
        if (auto text = checked_text(item, at, rule)) all.push_back(std::move(*text));
    }
    return all;
}

}  // namespace huiqiao::http
