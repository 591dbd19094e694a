#include "src/xml/scan.h"

#include "src/xml/character.h"

#include <algorithm>
#include <vector>

namespace huiqiao::xml {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlnsNamespace = "http://www.w3.org/2000/xmlns/";
constexpr std::size_t kLongestName = 1024;  // bytes

/// Thrown within this file only, and caught in scan().
struct Fault {
    Error error;
};

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_plain(char c) {
    return c >= ' ' && c != '<' && c != '&' && c != ']' && c != '\x7F';
}

// Canonical XML knows no relative namespace names; references, escapes and blanks would give one name two spellings,
// which parsers compare differently.
bool is_plain_uri(std::string_view uri) {
    constexpr std::string_view kMarks = "-._~:/?#@!$()*+,;=";
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::size_t colon = uri.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == uri.size() || !letter(uri[0])) return false;
    const auto in_scheme = [&](char c) { return letter(c) || digit(c) || c == '+' || c == '.' || c == '-'; };
    return std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme) &&
           std::all_of(uri.begin(), uri.end(),
                       [&](char c) { return letter(c) || digit(c) || kMarks.find(c) != std::string_view::npos; });
}

std::string_view prefix_of(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

class Scan {
 public:
    Scan(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

    Scanned run() {
        declaration();
        misc();
        found_.text = text_;
        found_.root_start = at_;
        if (!starts("<") || at_ + 1 >= text_.size()) fail("the root element is missing");
        start_tag();
        found_.root_start_end = at_;
        while (!open_.empty()) content();
        misc();
        if (at_ != text_.size()) fail("something stands behind the root element");
        return found_;
    }

 private:
    struct Open {
        std::string_view name;
        std::size_t namespaces;  // how many were in scope around it
    };
    struct Namespace {
        std::string_view prefix;
        std::string_view uri;  // as written; compared only with itself
    };
    struct Attribute {
        std::string_view name;
        std::string_view value;
    };

    [[noreturn]] void fail(std::string reason) const { throw Fault{bad_xml(at_, std::move(reason))}; }
    [[noreturn]] static void too_large(const char* limit) { throw Fault{Error(kXmlTooLarge, {{"limit", limit}})}; }

    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }

    bool skip_blanks() {
        const std::size_t before = at_;
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
        return at_ != before;
    }

    void expect(std::string_view token) {
        if (!starts(token)) fail("'" + std::string(token) + "' is missing");
        at_ += token.size();
    }

    /// One character that XML allows.
    void character() {
        const Character character = character_at(text_, at_);
        if (character.length == 0) fail("it is not UTF-8, or ends too early");
        if (!may_stand_in_text(character.code)) fail("a character that XML forbids");
        at_ += character.length;
    }

    std::string_view name() {
        const std::size_t start = at_;
        Character character = character_at(text_, at_);
        if (character.length == 0 || !may_start_name(character.code)) fail("a name is missing");
        std::size_t colons = 0;
        while (character.length != 0 && may_go_on_name(character.code)) {
            if (character.code == ':') ++colons;
            at_ += character.length;
            if (at_ - start > kLongestName) too_large("length of a name");
            character = character_at(text_, at_);
        }
        const std::string_view whole = text_.substr(start, at_ - start);
        const std::size_t colon = whole.find(':');
        if (colons > 1 || whole.front() == ':' || whole.back() == ':') fail("a name with misplaced colons");
        if (colons == 1 && !may_start_name(character_at(whole, colon + 1).code)) fail("a name with a bad local part");
        return whole;
    }

    // 2.8: version, then encoding, then standalone.
    void declaration() {
        if (!starts("<?xml") || at_ + 5 >= text_.size() || !is_blank(text_[at_ + 5])) return;
        at_ += 5;
        skip_blanks();
        if (pseudo_attribute("version") != "1.0") fail("the XML version is not 1.0");
        bool blanks = skip_blanks();
        if (starts("encoding")) {
            if (!blanks) fail("a blank is missing");
            std::string encoding(pseudo_attribute("encoding"));
            std::transform(encoding.begin(), encoding.end(), encoding.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
            if (encoding != "UTF-8" && encoding != "UTF8") fail("the encoding is not UTF-8");
            blanks = skip_blanks();
        }
        if (starts("standalone")) {
            if (!blanks) fail("a blank is missing");
            const std::string_view standalone = pseudo_attribute("standalone");
            if (standalone != "yes" && standalone != "no") fail("standalone is neither yes nor no");
            skip_blanks();
        }
        expect("?>");
    }

    std::string_view pseudo_attribute(std::string_view wanted) {
        expect(wanted);
        skip_blanks();
        expect("=");
        skip_blanks();
        if (!starts("\"") && !starts("'")) fail("a quotation mark is missing");
        const char quote = text_[at_++];
        const std::size_t end = text_.find(quote, at_);
        if (end == std::string_view::npos) fail("a quotation mark is missing");
        const std::string_view value = text_.substr(at_, end - at_);
        at_ = end + 1;
        return value;
    }

    /// Blanks, comments and processing instructions outside of the root.
    void misc() {
        for (;;) {
            skip_blanks();
            if (starts("<!--")) {
                comment();
            } else if (starts("<?")) {
                instruction();
            } else if (starts("<!")) {
                fail("a DOCTYPE is not allowed");
            } else {
                return;
            }
        }
    }

    void comment() {
        at_ += 4;
        while (!starts("--")) character();
        expect("-->");
    }

    void instruction() {
        at_ += 2;
        std::string target(name());
        if (target.find(':') != std::string::npos) fail("a processing instruction with a colon");
        std::transform(target.begin(), target.end(), target.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (target == "xml") fail("an XML declaration that is not at the start");
        if (!starts("?>") && !skip_blanks()) fail("a blank is missing");
        while (!starts("?>")) character();
        at_ += 2;
    }

    void content() {
        if (at_ >= text_.size()) fail("an element is not closed");
        const char next = text_[at_];
        if (next == '&') {
            reference();
        } else if (next != '<') {
            if (starts("]]>")) fail("']]>' in text");
            character();
            // Most of a message is plain text, which needs no decoding.
            while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
        } else if (starts("</")) {
            end_tag();
        } else if (starts("<!--")) {
            comment();
        } else if (starts("<![CDATA[")) {
            at_ += 9;
            while (!starts("]]>")) character();
            at_ += 3;
        } else if (starts("<!")) {
            fail("a declaration is not allowed");
        } else if (starts("<?")) {
            instruction();
        } else {
            start_tag();
        }
    }

    void end_tag() {
        const std::size_t start = at_;
        at_ += 2;
        if (name() != open_.back().name) fail("an end tag that closes another element");
        skip_blanks();
        expect(">");
        namespaces_.resize(open_.back().namespaces);
        open_.pop_back();
        if (open_.empty()) found_.root_end = start;
    }

    void start_tag() {
        expect("<");
        const std::string_view element = name();
        if (open_.size() >= limits_.max_depth) too_large("depth of elements");
        if (++elements_ > limits_.max_elements) too_large("number of elements");
        const std::size_t outer_namespaces = namespaces_.size();
        attributes_.clear();
        bool blanks = skip_blanks();
        while (!starts(">") && !starts("/>")) {
            if (!blanks) fail("a blank is missing");
            attribute();
            blanks = skip_blanks();
        }
        check_namespaces(element);
        if (starts("/>")) {
            at_ += 2;
            namespaces_.resize(outer_namespaces);
            return;
        }
        at_ += 1;
        open_.push_back({element, outer_namespaces});
    }

    void attribute() {
        const std::string_view attribute_name = name();
        for (const Attribute& other : attributes_) {
            if (other.name == attribute_name) fail("an attribute stands twice");
        }
        if (attributes_.size() >= limits_.max_attributes) too_large("number of attributes");
        skip_blanks();
        expect("=");
        skip_blanks();
        if (!starts("\"") && !starts("'")) fail("a quotation mark is missing");
        const char quote = text_[at_++];
        const std::size_t start = at_;
        while (at_ >= text_.size() || text_[at_] != quote) {
            if (at_ < text_.size() && text_[at_] == '<') fail("'<' in an attribute");
            if (at_ < text_.size() && text_[at_] == '&') {
                reference();
            } else {
                character();
            }
        }
        attributes_.push_back({attribute_name, text_.substr(start, at_ - start)});
        ++at_;
        if (attribute_name == "xmlns") declare({}, attributes_.back().value);
        if (prefix_of(attribute_name) == "xmlns") declare(attribute_name.substr(6), attributes_.back().value);
    }

    void declare(std::string_view prefix, std::string_view uri) {
        if (!uri.empty() && !is_plain_uri(uri)) fail("a namespace name that is not a plain absolute URI");
        if (!prefix.empty() && uri.empty()) fail("a prefix without a namespace");
        if (prefix == "xml" || prefix == "xmlns" || uri == kXmlNamespace || uri == kXmlnsNamespace) {
            fail("a reserved namespace is declared");
        }
        namespaces_.push_back({prefix, uri});
    }

    [[nodiscard]] std::string_view uri_of(std::string_view prefix) const {
        if (prefix == "xml") return kXmlNamespace;
        for (auto known = namespaces_.rbegin(); known != namespaces_.rend(); ++known) {
            if (known->prefix == prefix) return known->uri;
        }
        return {};
    }

    void check_namespaces(std::string_view element) const {
        const std::string_view element_prefix = prefix_of(element);
        if (element_prefix == "xmlns") fail("an element with a reserved prefix");
        if (!element_prefix.empty() && uri_of(element_prefix).empty()) fail("a prefix that is not declared");
        for (std::size_t one = 0; one < attributes_.size(); ++one) {
            const std::string_view prefix = prefix_of(attributes_[one].name);
            if (prefix.empty() || prefix == "xmlns") continue;
            const std::string_view uri = uri_of(prefix);
            if (uri.empty()) fail("a prefix that is not declared");
            for (std::size_t other = 0; other < one; ++other) {
                const std::string_view other_prefix = prefix_of(attributes_[other].name);
                if (other_prefix.empty() || other_prefix == "xmlns" || uri_of(other_prefix) != uri) continue;
                if (attributes_[other].name.substr(other_prefix.size()) ==
                    attributes_[one].name.substr(prefix.size())) {
                    fail("an attribute stands twice under two prefixes");
                }
            }
        }
    }

    void reference() {
        const std::size_t start = at_;
        const std::size_t end = text_.substr(0, std::min(text_.size(), start + 12)).find(';', start);
        if (end == std::string_view::npos) fail("an entity is not allowed");
        const std::string_view inside = text_.substr(start + 1, end - start - 1);
        if (inside.starts_with("#")) {
            if (!is_good_number(inside.substr(1))) fail("a character reference that XML forbids");
        } else if (inside != "amp" && inside != "lt" && inside != "gt" && inside != "quot" && inside != "apos") {
            fail("an entity is not allowed");
        }
        at_ = end + 1;
    }

    static bool is_good_number(std::string_view digits) {
        const bool hexadecimal = digits.starts_with("x");
        if (hexadecimal) digits.remove_prefix(1);
        if (digits.empty() || digits.size() > 8) return false;
        std::uint64_t code = 0;
        for (const char digit : digits) {
            std::uint64_t value = 0;
            if (digit >= '0' && digit <= '9') {
                value = static_cast<std::uint64_t>(digit - '0');
            } else if (hexadecimal && digit >= 'a' && digit <= 'f') {
                value = static_cast<std::uint64_t>(digit - 'a') + 10;
            } else if (hexadecimal && digit >= 'A' && digit <= 'F') {
                value = static_cast<std::uint64_t>(digit - 'A') + 10;
            } else {
                return false;
            }
            code = code * (hexadecimal ? 16U : 10U) + value;
        }
        return code <= 0x10FFFF && may_stand_in_text(static_cast<std::uint32_t>(code));
    }

    std::string_view text_;
    const Limits& limits_;
    std::size_t at_ = 0;
    std::size_t elements_ = 0;
    std::vector<Open> open_;
    std::vector<Namespace> namespaces_;
    std::vector<Attribute> attributes_;
    Scanned found_;
};

}  // namespace

Error bad_xml(std::size_t position, std::string reason) {
    return Error(kBadXml, {{"position", std::to_string(position)}, {"reason", std::move(reason)}});
}

Result<Scanned> scan(std::string_view text, const Limits& limits) {
    if (text.size() > limits.max_bytes) return Error(kXmlTooLarge, {{"limit", "bytes"}});
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    try {
        return Scan(text, limits).run();
    } catch (Fault& fault) {
        return std::move(fault.error);
    }
}

}  // namespace huiqiao::xml
