// The Chinese side of what is said to persons is Chinese: read from the sources, so that a new reason cannot be
// forgotten.

#include "src/base/phrases.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "src/base/error.h"

namespace {

using namespace huiqiao;
namespace fs = std::filesystem;

struct Token {
    enum class Kind { Word, Text, Mark } kind;
    std::string text;
    std::size_t line;
};

/// The source as words, texts and marks; comments left out, texts that stand side by side made one.
class Reading {
 public:
    explicit Reading(std::string source) : source_(std::move(source)) {}

    std::vector<Token> tokens() {
        while (at_ < source_.size()) step();
        return std::move(tokens_);
    }

 private:
    void step() {
        const char c = source_[at_];
        if (source_.compare(at_, 2, "//") == 0) {
            at_ = std::min(source_.find('\n', at_), source_.size());
        } else if (source_.compare(at_, 3, "R\"(") == 0) {
            const std::size_t end = source_.find(")\"", at_);
            add(Token::Kind::Text, source_.substr(at_ + 3, end - at_ - 3));
            at_ = end + 2;
        } else if (c == '"') {
            text();
        } else if (c == '\'' && (at_ == 0 || !is_word(source_[at_ - 1]))) {
            at_ = source_.find('\'', at_ + (source_[at_ + 1] == '\\' ? 3 : 2)) + 1;
        } else if (is_word(c)) {
            const std::size_t from = at_;
            while (at_ < source_.size() && is_word(source_[at_])) ++at_;
            add(Token::Kind::Word, source_.substr(from, at_ - from));
        } else {
            if (c == '\n') ++line_;
            if (!std::isspace(static_cast<unsigned char>(c))) add(Token::Kind::Mark, std::string(1, c));
            ++at_;
        }
    }
    void text() {
        std::string content;
        for (++at_; source_[at_] != '"'; ++at_) {
            if (source_[at_] == '\\') ++at_;
            content += source_[at_];
        }
        ++at_;
        if (!tokens_.empty() && tokens_.back().kind == Token::Kind::Text) {
            tokens_.back().text += content;
        } else {
            add(Token::Kind::Text, content);
        }
    }
    static bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }
    void add(Token::Kind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }

    std::string source_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::vector<Token> tokens_;
};

struct Source {
    std::string path;
    std::vector<Token> tokens;
};

const std::vector<Source>& sources() {
    static const auto all = [] {
        std::vector<Source> read;
        for (const char* folder : {"src", "fx", "customs", "adapters"}) {
            for (const auto& entry : fs::recursive_directory_iterator(folder)) {
                const std::string extension = entry.path().extension();
                if (extension != ".cpp" && extension != ".h") continue;
                std::ifstream in(entry.path(), std::ios::binary);
                std::stringstream text;
                text << in.rdbuf();
                read.push_back({entry.path().generic_string(), Reading(text.str()).tokens()});
            }
        }
        return read;
    }();
    return all;
}

bool is_chinese(const std::string& text) {
    // The common ideographs, U+4E00 to U+9FFF, begin with these bytes in UTF-8.
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0xE4 && byte <= 0xE9;
    });
}

/// Two words and more of English in a row, which are no command, name or form that stands so in both languages.
std::string english_in(std::string text) {
    static const std::regex parameter(R"(\{\w*\})");
    static const std::regex allowed(
        "huiqiao (sandbox|migrate|serve|verify|demo|anchors|cut-offs)|METHOD target HTTP|key_id cipher hex|inclusive "
        "C14N|"
        "SQLite|MariaDB Galera|Single Window|Huiqiao");
    static const std::regex run("[A-Za-z']{2,}( [A-Za-z']{2,})+");
    text = std::regex_replace(text, parameter, "#");
    text = std::regex_replace(text, allowed, "#");
    std::smatch found;
    return std::regex_search(text, found, run) ? found.str() : "";
}

/// A whole phrase, or a piece of one that carries something along.
bool is_known(const std::string& text) {
    if (chinese_of(text)) return true;
    for (const Phrase& phrase : phrases()) {
        std::string_view rest = phrase.english;
        for (std::size_t place = rest.find("{}"); place != std::string_view::npos; place = rest.find("{}")) {
            if (rest.substr(0, place) == text) return true;
            rest.remove_prefix(place + 2);
            if (rest == text) return true;
        }
    }
    return false;
}

/// Types whose last field is a reason, and functions of other files that take one under another name.
const std::set<std::string> kReasonCalls{"HeadRefusal", "over", "refuse_payee"};
const std::set<std::string> kReasonKeys{"why", "reason", "what", "wanted", "unit", "limit", "where", "sum"};
/// Whose functions return reasons.
const std::set<std::string> kReasonFiles{"adapters/fix44/adapter.cpp",
                                         "adapters/fix44/fills.cpp",
                                         "adapters/fix44/wire.cpp",
                                         "adapters/sandbox_bank/remittance_wire.cpp",
                                         "src/flow/explain_debit_remittance.cpp",
                                         "src/http/json.cpp",
                                         "src/http/json_reader.cpp",
                                         "src/parties/payee.cpp"};

/// Written for readers of two languages at once, line by line.
bool speaks_both(const std::string& path) {
    return path.starts_with("src/app/demo") || path == "src/app/command_line.cpp" || path == "src/app/jobs.cpp" ||
           path == "src/app/sign.cpp" || path == "src/app/operator_commands.cpp";
}

/// Whose words come before no person as an error: the sandbox's counterparties, benches, the inside of rooms.
bool words_no_errors(const std::string& path) {
    return path.starts_with("adapters/sandbox/") || path.starts_with("src/app/") || path.starts_with("src/db/") ||
           path == "src/http/cpprest_client.cpp";
}

bool is_mark_at(const std::vector<Token>& tokens, std::size_t at, char mark) {
    return at < tokens.size() && tokens[at].kind == Token::Kind::Mark && tokens[at].text[0] == mark;
}
bool is_constant_name(const Token& token) {
    return token.kind == Token::Kind::Word && token.text.size() > 1 && token.text[0] == 'k' &&
           std::isupper(static_cast<unsigned char>(token.text[1])) != 0;
}

/// kName = "a text", kName{"a text"}, kName[] = "a text": what each constant of a source says.
std::map<std::string, Token> constants_of(const std::vector<Token>& t) {
    std::map<std::string, Token> constants;
    for (std::size_t at = 0; at < t.size(); ++at) {
        if (!is_constant_name(t[at])) continue;
        std::size_t text = at + 1;
        if (is_mark_at(t, text, '[') && is_mark_at(t, text + 1, ']')) text += 2;
        if (!is_mark_at(t, text, '=') && !is_mark_at(t, text, '{')) continue;
        if (is_mark_at(t, text, '=') && is_mark_at(t, text + 1, '{')) ++text;
        ++text;
        if (text + 1 < t.size() && t[text].kind == Token::Kind::Text &&
            (is_mark_at(t, text + 1, ';') || is_mark_at(t, text + 1, '}')))
            constants.emplace(t[at].text, t[text]);
    }
    return constants;
}

/// Of all headers: a constant there is known to every source.
const std::map<std::string, Token>& shared_constants() {
    static const auto shared = [] {
        std::map<std::string, Token> all;
        for (const Source& source : sources()) {
            if (source.path.ends_with(".h")) all.merge(constants_of(source.tokens));
        }
        return all;
    }();
    return shared;
}

/// What a source calls to word a reason: functions, constructors and lambdas with a parameter of such a name.
std::set<std::string> reason_calls_of(const std::vector<Token>& t) {
    std::set<std::string> calls;
    for (std::size_t at = 0; at + 1 < t.size(); ++at) {
        if (t[at].kind != Token::Kind::Word) continue;
        std::size_t open = at + 1;
        if (is_mark_at(t, open, '=') && is_mark_at(t, open + 1, '[')) {  // name = [&](…)
            for (open += 2; open < t.size() && !is_mark_at(t, open, ']'); ++open) {
            }
            ++open;
        }
        if (!is_mark_at(t, open, '(')) continue;
        int depth = 0;
        for (std::size_t in = open; in < t.size(); ++in) {
            if (is_mark_at(t, in, '(')) ++depth;
            if (is_mark_at(t, in, ')')) --depth;
            if (depth == 0 || is_mark_at(t, in, ';') || is_mark_at(t, in, '{')) break;
            // A parameter is a type and a name; an argument follows on '(' or ','.
            const bool is_parameter =
                t[in - 1].kind == Token::Kind::Word || is_mark_at(t, in - 1, '&') || is_mark_at(t, in - 1, '*');
            const bool ends = is_mark_at(t, in + 1, ',') || is_mark_at(t, in + 1, ')');
            if (depth == 1 && t[in].kind == Token::Kind::Word && (t[in].text == "why" || t[in].text == "reason") &&
                is_parameter && ends)
                calls.insert(t[at].text);
        }
    }
    return calls;
}

/// Of all headers, as the constants.
const std::set<std::string>& shared_calls() {
    static const auto shared = [] {
        std::set<std::string> all = kReasonCalls;
        for (const Source& source : sources()) {
            if (source.path.ends_with(".h") && !words_no_errors(source.path)) all.merge(reason_calls_of(source.tokens));
        }
        return all;
    }();
    return shared;
}

/// The reasons that are worded in a source.
class Reasons {
 public:
    explicit Reasons(const Source& source)
        : t_(source.tokens),
          returns_(kReasonFiles.contains(source.path)),
          calls_(reason_calls_of(source.tokens)),
          constants_(constants_of(source.tokens)) {
        calls_.insert(shared_calls().begin(), shared_calls().end());
        constants_.insert(shared_constants().begin(), shared_constants().end());
    }

    std::vector<Token> found() {
        for (std::size_t at = 0; at < t_.size(); ++at) {
            if (t_[at].kind == Token::Kind::Word && calls_.contains(t_[at].text)) call(at + 1);
            if (t_[at].text == "return" && returns_) returned(at + 1);
            parameter(at);
            if (t_[at].text == "why" || t_[at].text == "reason") assigned(at + 1);
        }
        return std::move(found_);
    }

 private:
    [[nodiscard]] bool is_mark(std::size_t at, char mark) const { return is_mark_at(t_, at, mark); }
    /// What a constant that is named here says, as it stands where it is used.
    [[nodiscard]] std::optional<Token> said_by_name(std::size_t at) const {
        if (at >= t_.size() || !is_constant_name(t_[at])) return std::nullopt;
        const auto constant = constants_.find(t_[at].text);
        if (constant == constants_.end() || constant->second.text.find(' ') == std::string::npos) return std::nullopt;
        return Token{Token::Kind::Text, constant->second.text, t_[at].line};
    }
    [[nodiscard]] bool is_text(std::size_t at) const { return at < t_.size() && t_[at].kind == Token::Kind::Text; }
    [[nodiscard]] bool is_sentence(std::size_t at) const {
        return is_text(at) && t_[at].text.find(' ') != std::string::npos;
    }

    /// What is handed to it directly; nothing where it is handed the Chinese too.
    void call(std::size_t at) {
        if (!is_mark(at, '(') && !is_mark(at, '{')) return;
        std::vector<Token> handed;
        int depth = 0;
        for (; at < t_.size(); ++at) {
            if (is_mark(at, '(') || is_mark(at, '{')) ++depth;
            if (is_mark(at, ')') || is_mark(at, '}')) --depth;
            if (depth == 0) break;
            if (depth == 1 && is_text(at) && is_chinese(t_[at].text)) return;
            if (depth == 1 && is_sentence(at)) handed.push_back(t_[at]);
            if (const auto said = said_by_name(at); said && depth <= 2) handed.push_back(*said);
        }
        found_.insert(found_.end(), handed.begin(), handed.end());
    }
    void returned(std::size_t at) {
        if (is_sentence(at)) found_.push_back(t_[at]);
        if (const auto said = said_by_name(at)) found_.push_back(*said);
        if (is_mark(at, '{') && is_text(at + 1) && is_mark(at + 2, ',') && is_sentence(at + 3))
            found_.push_back(t_[at + 3]);
    }
    /// {"why", "…"}, unless {"why_zh", …} follows; one word as a reason is the name of a field.
    void parameter(std::size_t at) {
        named_parameter(at);
        if (!is_mark(at, '{') || !is_text(at + 1) || !is_mark(at + 2, ',') || !is_text(at + 3) || !is_mark(at + 4, '}'))
            return;
        const std::string& key = t_[at + 1].text;
        const bool names_field = (key == "why" || key == "reason") && !is_sentence(at + 3);
        const bool has_both = is_mark(at + 5, ',') && is_text(at + 7) && t_[at + 7].text == key + "_zh";
        if (kReasonKeys.contains(key) && !names_field && !has_both && t_[at + 3].text != "cursor")
            found_.push_back(t_[at + 3]);
    }

    /// why = "…"; .reason = std::string(kName).
    void assigned(std::size_t at) {
        if (!is_mark(at, '=') || is_mark(at + 1, '=')) return;
        for (; at < t_.size() && !is_mark(at, ';') && !is_mark(at, ',') && !is_mark(at, '}'); ++at) {
            if (is_sentence(at)) found_.push_back(t_[at]);
            if (const auto said = said_by_name(at)) found_.push_back(*said);
        }
    }
    /// {"why", kName}, {"why", std::string(kName)}.
    void named_parameter(std::size_t at) {
        if (!is_mark(at, '{') || !is_text(at + 1) || !is_mark(at + 2, ',') || !kReasonKeys.contains(t_[at + 1].text))
            return;
        for (std::size_t in = at + 3; in < t_.size() && !is_mark(in, '}'); ++in) {
            if (const auto said = said_by_name(in)) found_.push_back(*said);
        }
    }

    const std::vector<Token>& t_;
    bool returns_;
    std::set<std::string> calls_;
    std::map<std::string, Token> constants_;
    std::vector<Token> found_;
};

}  // namespace

TEST_CASE("no Chinese text of the program holds a run of English words") {
    std::size_t texts = 0;
    for (const Source& source : sources()) {
        if (speaks_both(source.path)) continue;
        for (const Token& token : source.tokens) {
            if (token.kind != Token::Kind::Text || !is_chinese(token.text)) continue;
            ++texts;
            const std::string english = english_in(token.text);
            if (!english.empty())
                FAIL_CHECK(source.path << ":" << token.line << ": \"" << english << "\" stands in a Chinese text: \""
                                       << token.text << "\"");
        }
    }
    CHECK(texts > 500);
}

TEST_CASE("every reason that a room puts into an error is known in Chinese") {
    std::size_t reasons = 0;
    for (const Source& source : sources()) {
        if (words_no_errors(source.path)) continue;
        for (const Token& reason : Reasons(source).found()) {
            if (is_chinese(reason.text)) continue;
            ++reasons;
            if (!is_known(reason.text))
                FAIL_CHECK(source.path << ":" << reason.line << ": \"" << reason.text
                                       << "\" has no Chinese: add it to src/base/phrases_table.cpp");
        }
    }
    CHECK(reasons > 150);
}

TEST_CASE("an error says its reason in Chinese, carries over what the reason names, and leaves fields as they are") {
    constexpr ErrorCode code{"test", ErrorGroup::Rule, "{field}: {why}.", "{field}：{why}。"};
    const auto said = [&](const char* field, const char* why) {
        return Error(code, {{"field", field}, {"why", why}}).chinese();
    };
    CHECK(said("url", "its port is not readable") == "url：端口无法识别。");
    CHECK(said("payee", "order ord_1 was paid by another remittance") == "payee：订单 ord_1 已由另一笔汇款支付。");
    CHECK(said("payee", "line 12 has not four fields") == "payee：第 12 行不是四个字段。");
    CHECK(said("b", "a text is not UTF-8") == "b：文本不是 UTF-8。");
    CHECK(said("b", "nothing that anybody translated") == "b：nothing that anybody translated。");
    CHECK(Error(code, {{"field", "url"}, {"why", "its port is not readable"}}).english() ==
          "url: its port is not readable.");
    for (const Phrase& phrase : phrases()) {
        CAPTURE(phrase.english);
        CHECK(is_chinese(std::string(phrase.chinese)));
    }
}
