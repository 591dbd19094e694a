#include "src/http/json_writer.h"

#include <charconv>
#include <utility>

#include "src/base/result.h"
#include "src/http/utf8.h"

namespace huiqiao::http {

namespace {

void append_quoted(std::string& out, std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // where the part not yet copied begins
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\') {
            ++at;
            continue;
        }
        if (byte >= 0x80) {
            const std::size_t length = utf8_length(text, at);
            if (length == 0) throw LogicError("text that is not UTF-8 in JSON");
            at += length;
            continue;
        }
        out.append(text.substr(plain, at - plain));
        plain = ++at;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: out += {'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
        }
    }
    out.append(text.substr(plain));
    out += '"';
}

}  // namespace

void JsonWriter::begin_value() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (open_.empty() ? !text_.empty() : open_.back() == '{') throw LogicError("a JSON value where none belongs");
    if (!first_) text_ += ',';
    first_ = false;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    if (open_.empty() || open_.back() != '{' || after_key_) throw LogicError("a JSON key where none belongs");
    if (!first_) text_ += ',';
    first_ = false;
    append_quoted(text_, name);
    text_ += ':';
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::open_object() {
    begin_value();
    text_ += '{';
    open_ += '{';
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::open_array() {
    begin_value();
    text_ += '[';
    open_ += '[';
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::close_object() {
    if (open_.empty() || open_.back() != '{' || after_key_) throw LogicError("no JSON object to close");
    open_.pop_back();
    text_ += '}';
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::close_array() {
    if (open_.empty() || open_.back() != '[') throw LogicError("no JSON array to close");
    open_.pop_back();
    text_ += ']';
    first_ = false;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    begin_value();
    append_quoted(text_, text);
    return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
    return raw(truth ? "true" : "false");
}

JsonWriter& JsonWriter::value(std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
}

JsonWriter& JsonWriter::value(const Money& money) {
    begin_value();
    text_ += "{\"currency\":\"";
    text_ += money.currency().code();
    text_ += "\",\"amount\":\"";
    text_ += money.text();
    text_ += "\"}";
    return *this;
}

JsonWriter& JsonWriter::value(Instant instant) {
    return value(rfc3339(instant));
}

JsonWriter& JsonWriter::value(Date date) {
    return value(date.text());
}

JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    begin_value();
    text_ += json;
    return *this;
}

std::string JsonWriter::take() {
    if (!open_.empty() || text_.empty()) throw LogicError("unfinished JSON");
    first_ = true;
    return std::exchange(text_, {});
}

std::string json_quoted(std::string_view text) {
    std::string quoted;
    append_quoted(quoted, text);
    return quoted;
}

}  // namespace huiqiao::http
