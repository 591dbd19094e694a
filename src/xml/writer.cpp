#include "src/xml/writer.h"

#include "src/xml/character.h"
#include "src/xml/errors.h"

#include <algorithm>

namespace huiqiao::xml {

namespace {

// Element names are ours: ASCII, with at most a prefix.
bool is_plain_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto more = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':'; };
    return !name.empty() && letter(name.front()) && name.back() != ':' && std::all_of(name.begin(), name.end(), more) &&
           std::count(name.begin(), name.end(), ':') <= 1;
}

void require_name(std::string_view name) {
    if (!is_plain_name(name)) throw LogicError("not a name of an element or attribute: " + std::string(name));
}

// What Canonical XML writes in place of a character; empty for one that stays as it is.
std::string_view replacement(char character, bool in_attribute) {
    switch (character) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return in_attribute ? "" : "&gt;";
        case '\r': return "&#xD;";
        case '"': return in_attribute ? "&quot;" : "";
        case '\t': return in_attribute ? "&#x9;" : "";
        case '\n': return in_attribute ? "&#xA;" : "";
        default: return "";
    }
}

}  // namespace

bool append_escaped(std::string& out, std::string_view value, bool in_attribute) {
    std::size_t clean_from = 0;
    std::size_t at = 0;
    while (at < value.size()) {
        const auto byte = static_cast<unsigned char>(value[at]);
        if (byte >= 0x80) {
            const Character character = character_at(value, at);
            if (character.length == 0 || !may_stand_in_text(character.code)) return false;
            at += character.length;
            continue;
        }
        // Characters from '?' upward never need a replacement.
        if (byte <= '>') {
            if (!may_stand_in_text(byte)) return false;
            const std::string_view instead = replacement(value[at], in_attribute);
            if (!instead.empty()) {
                out.append(value.substr(clean_from, at - clean_from)).append(instead);
                clean_from = at + 1;
            }
        }
        ++at;
    }
    out.append(value.substr(clean_from));
    return true;
}

Writer& Writer::declaration() {
    if (!out_.empty()) throw LogicError("an XML declaration after the start");
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    return *this;
}

Writer& Writer::open(std::string_view name) {
    require_name(name);
    end_start_tag();
    out_.push_back('<');
    open_.push_back({out_.size(), name.size()});
    out_.append(name);
    in_start_tag_ = true;
    return *this;
}

Writer& Writer::attribute(std::string_view name, std::string_view value) {
    require_name(name);
    if (!in_start_tag_) throw LogicError("an attribute after its element's content");
    out_.append(" ").append(name).append("=\"");
    append(value, true);
    out_.push_back('"');
    return *this;
}

Writer& Writer::text(std::string_view value) {
    if (open_.empty()) throw LogicError("text outside of the root element");
    end_start_tag();
    append(value, false);
    return *this;
}

Writer& Writer::close() {
    if (open_.empty()) throw LogicError("no element is open");
    end_start_tag();
    const Span name = open_.back();
    open_.pop_back();
    out_.append("</");
    out_.append(out_, name.at, name.length);
    out_.push_back('>');
    return *this;
}

Writer& Writer::element(std::string_view name, std::string_view value) {
    return open(name).text(value).close();
}

Writer& Writer::line() {
    end_start_tag();
    out_.push_back('\n');
    return *this;
}

Result<std::string> Writer::finish() {
    if (!open_.empty()) throw LogicError("an element is still open");
    if (!forbidden_in_.empty()) return Error(kForbiddenCharacter, {{"element", forbidden_in_}});
    return std::move(out_);
}

void Writer::end_start_tag() {
    if (!in_start_tag_) return;
    out_.push_back('>');
    in_start_tag_ = false;
}

void Writer::append(std::string_view value, bool in_attribute) {
    const std::size_t before = out_.size();
    if (append_escaped(out_, value, in_attribute)) return;
    out_.resize(before);
    const Span name = open_.back();
    if (forbidden_in_.empty()) forbidden_in_ = out_.substr(name.at, name.length);
}

}  // namespace huiqiao::xml
