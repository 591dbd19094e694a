#include "tests/support/openapi_check.h"

#include <algorithm>
#include <regex>

namespace huiqiao::testing {

namespace {

using http::JsonKind;
using http::JsonValue;

constexpr http::JsonLimits kWide{40, 5'000, 500, 100'000, std::size_t{8} * 1024 * 1024};

const std::set<std::string_view> kKnown{"type",    "required",   "properties", "additionalProperties",
                                        "items",   "minItems",   "maxItems",   "enum",
                                        "pattern", "minLength",  "maxLength",  "minimum",
                                        "maximum", "oneOf",      "$ref",       "format",
                                        "default", "description"};

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_of(std::string_view type, JsonKind kind) {
    switch (kind) {
        case JsonKind::Null: return type == "null";
        case JsonKind::Bool: return type == "boolean";
        case JsonKind::Integer: return type == "integer";
        case JsonKind::Text: return type == "string";
        case JsonKind::Array: return type == "array";
        case JsonKind::Object: return type == "object";
    }
    return false;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

OpenApiCheck::OpenApiCheck(std::string_view document) : document_(http::Json::parse(document, kWide).value()) {}

std::set<std::string> OpenApiCheck::operations() const {
    std::set<std::string> all;
    const JsonValue paths = document_.root().find("paths").value();
    for (const auto& [path, methods] : paths.fields()) {
        for (const auto& [method, operation] : methods.fields()) {
            std::string name(method);
            for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            all.insert(name + " " + std::string(path));
        }
    }
    return all;
}

JsonValue OpenApiCheck::resolved(JsonValue value) const {
    while (value.kind() == JsonKind::Object) {
        const auto reference = value.find("$ref");
        if (!reference) break;
        std::string_view path = reference->text();
        if (!path.starts_with("#/")) throw LogicError("a reference outside the document");
        path.remove_prefix(2);
        value = document_.root();
        while (!path.empty()) {
            const std::size_t slash = std::min(path.find('/'), path.size());
            const auto next = value.find(path.substr(0, slash));
            if (!next) throw LogicError("a reference that leads nowhere: " + std::string(reference->text()));
            value = *next;
            path.remove_prefix(std::min(slash + 1, path.size()));
        }
    }
    return value;
}

std::vector<std::string> OpenApiCheck::faults(http::Method method, const std::string& pattern,
                                              const http::Response& answer) const {
    const auto path = document_.root().find("paths")->find(pattern);
    const auto operation = path ? path->find(lower(http::to_text(method))) : std::nullopt;
    if (!operation) return {"no operation " + std::string(http::to_text(method)) + " " + pattern};
    const auto documented = operation->find("responses")->find(std::to_string(answer.status));
    if (!documented) return {"status " + std::to_string(answer.status) + " is not documented: " + answer.body};
    const JsonValue response = resolved(*documented);
    const auto content = response.find("content");
    if (!content) return {};
    std::string type(answer.headers.value("content-type"));
    type = type.substr(0, type.find(';'));
    const auto of_type = content->find(type);
    if (!of_type) return {"content type '" + type + "' is not documented"};
    const JsonValue schema = of_type->find("schema").value();
    if (type.starts_with("text/")) return {};
    const auto body = http::Json::parse(answer.body, kWide);
    if (!body) return {"the body is no JSON: " + body.error().english()};
    std::vector<std::string> found;
    check(schema, body->root(), "", found);
    return found;
}

std::vector<std::string> OpenApiCheck::schema_faults(const std::string& schema, std::string_view body) const {
    const auto json = http::Json::parse(body, kWide);
    if (!json) return {"no JSON"};
    std::vector<std::string> found;
    check(document_.root().find("components")->find("schemas")->find(schema).value(), json->root(), "", found);
    return found;
}

void OpenApiCheck::check(JsonValue schema, JsonValue value, const std::string& at,
                         std::vector<std::string>& faults) const {
    schema = resolved(schema);
    for (const auto& [name, rule] : schema.fields()) {
        if (!kKnown.contains(name)) throw LogicError("the checker does not know '" + std::string(name) + "'");
    }
    if (const auto choices = schema.find("oneOf")) check_one_of(*choices, value, at, faults);
    const auto type = schema.find("type");
    if (!type) return;
    if (!is_of(type->text(), value.kind())) {
        faults.push_back(at + " is no " + std::string(type->text()));
        return;
    }
    if (value.kind() == JsonKind::Object) check_object(schema, value, at, faults);
    if (value.kind() == JsonKind::Text) check_text(schema, value, at, faults);
    if (value.kind() == JsonKind::Integer) {
        const auto least = schema.find("minimum");
        const auto most = schema.find("maximum");
        if (least && value.integer() < least->integer()) faults.push_back(at + " is too small");
        if (most && value.integer() > most->integer()) faults.push_back(at + " is too large");
    }
    if (value.kind() == JsonKind::Array) {
        const std::vector<JsonValue> items = value.items();
        const auto least = schema.find("minItems");
        const auto most = schema.find("maxItems");
        if (least && items.size() < static_cast<std::size_t>(least->integer())) faults.push_back(at + " has too few");
        if (most && items.size() > static_cast<std::size_t>(most->integer())) faults.push_back(at + " has too many");
        const JsonValue each = schema.find("items").value();
        for (std::size_t i = 0; i < items.size(); ++i) check(each, items[i], at + "/" + std::to_string(i), faults);
    }
}

void OpenApiCheck::check_object(JsonValue schema, JsonValue value, const std::string& at,
                                std::vector<std::string>& faults) const {
    if (const auto required = schema.find("required")) {
        for (const JsonValue name : required->items()) {
            if (!value.find(name.text())) faults.push_back(at + "/" + std::string(name.text()) + " is missing");
        }
    }
    const auto properties = schema.find("properties");
    const auto more = schema.find("additionalProperties");
    for (const auto& [name, field] : value.fields()) {
        const auto known = properties ? properties->find(name) : std::nullopt;
        if (known) {
            check(*known, field, at + "/" + std::string(name), faults);
        } else if (more && !more->boolean()) {
            faults.push_back(at + "/" + std::string(name) + " is not documented");
        }
    }
}

void OpenApiCheck::check_text(JsonValue schema, JsonValue value, const std::string& at,
                              std::vector<std::string>& faults) const {
    const std::string text(value.text());
    if (const auto allowed = schema.find("enum")) {
        const auto items = allowed->items();
        if (std::none_of(items.begin(), items.end(), [&](const JsonValue& each) { return each.text() == text; })) {
            faults.push_back(at + " is none of the documented texts: " + text);
        }
    }
    if (const auto pattern = schema.find("pattern")) {
        if (!std::regex_search(text, std::regex(std::string(pattern->text())))) {
            faults.push_back(at + " does not fit its pattern: " + text);
        }
    }
    const auto least = schema.find("minLength");
    const auto most = schema.find("maxLength");
    if (least && characters(text) < static_cast<std::size_t>(least->integer())) faults.push_back(at + " is too short");
    if (most && characters(text) > static_cast<std::size_t>(most->integer())) faults.push_back(at + " is too long");
}

void OpenApiCheck::check_one_of(JsonValue choices, JsonValue value, const std::string& at,
                                std::vector<std::string>& faults) const {
    int fitting = 0;
    for (const JsonValue choice : choices.items()) {
        std::vector<std::string> of_this;
        check(choice, value, at, of_this);
        if (of_this.empty()) ++fitting;
    }
    if (fitting != 1) faults.push_back(at + " fits " + std::to_string(fitting) + " of its choices, not one");
}

}  // namespace huiqiao::testing
