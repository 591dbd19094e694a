#include "src/db/migration_text.h"

#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>

#include "src/base/error.h"

namespace huiqiao::db {

namespace {

struct Macro {
    std::string_view name;
    std::string_view sqlite;
    std::string_view mariadb;
};

constexpr std::array<Macro, 6> kMacros{{
    {"id", "TEXT", "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_nopad_bin"},
    {"key", "TEXT", "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"},
    {"text", "TEXT", "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"},
    {"long", "TEXT", "MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"},
    {"int", "INTEGER", "BIGINT"},
    {"table_end", "STRICT", "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"},
}};

std::string append_only(std::string_view table, Engine engine) {
    std::string both;
    for (const std::string_view what : {"update", "delete"}) {
        const std::string name = std::string(table) + "_no_" + std::string(what);
        const std::string event = what == "update" ? "UPDATE" : "DELETE";
        const std::string why = "'" + std::string(table) + " is append-only'";
        both += "CREATE TRIGGER " + name + " BEFORE " + event + " ON " + std::string(table);
        both += engine == Engine::Sqlite ? " BEGIN SELECT RAISE(ABORT, " + why + "); END;\n"
                                         : " FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = " + why + ";\n";
    }
    return both;
}

std::string macro_text(std::string_view macro, Engine engine, const std::string& migration) {
    constexpr std::string_view kAppendOnly = "append_only ";
    if (macro.substr(0, kAppendOnly.size()) == kAppendOnly) {
        return append_only(macro.substr(kAppendOnly.size()), engine);
    }
    for (const Macro& known : kMacros) {
        if (known.name == macro) return std::string(engine == Engine::Sqlite ? known.sqlite : known.mariadb);
    }
    throw LogicError("migration " + migration + " has an unknown macro {" + std::string(macro) + "}");
}

std::string without_comments(std::string_view text) {
    std::string kept;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\'') quoted = !quoted;
        if (!quoted && text.substr(at, 2) == "--") {
            at = text.find('\n', at);
            if (at == std::string_view::npos) break;
        }
        kept += text[at];
    }
    return kept;
}

std::string with_macros(std::string_view text, Engine engine, const std::string& migration) {
    std::string result;
    while (true) {
        const std::size_t open = text.find('{');
        result += text.substr(0, open);
        if (open == std::string_view::npos) return result;
        const std::size_t close = text.find('}', open);
        if (close == std::string_view::npos) throw LogicError("migration " + migration + " has an open '{'");
        result += macro_text(text.substr(open + 1, close - open - 1), engine, migration);
        text.remove_prefix(close + 1);
    }
}

bool is_word_part(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Semicolons end a statement, except within quotes and within the BEGIN … END of a trigger's body.
class Splitter {
 public:
    std::vector<std::string> split(std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const char c = text[at];
            if (!quoted_ && is_word_part(c)) {
                std::size_t end = at;
                while (end < text.size() && is_word_part(text[end])) ++end;
                word(text.substr(at, end - at));
                at = end;
                continue;
            }
            if (c == '\'') quoted_ = !quoted_;
            if (c == ';' && !quoted_ && depth_ == 0) {
                finish();
            } else if (!current_.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
                current_ += c;
            }
            ++at;
        }
        finish();
        return std::move(statements_);
    }

 private:
    void word(std::string_view word) {
        current_ += word;
        if (word == "TRIGGER") in_trigger_ = true;
        if (!in_trigger_) return;
        if (word == "BEGIN" || word == "CASE") ++depth_;
        if (word == "END") --depth_;
    }
    void finish() {
        while (!current_.empty() && std::isspace(static_cast<unsigned char>(current_.back())) != 0) current_.pop_back();
        if (!current_.empty()) statements_.push_back(std::move(current_));
        current_.clear();
        in_trigger_ = false;
        depth_ = 0;
    }

    std::vector<std::string> statements_;
    std::string current_;
    bool quoted_ = false;
    bool in_trigger_ = false;
    int depth_ = 0;
};

}  // namespace

std::vector<std::string> statements_of(const Migration& migration, Engine engine) {
    return Splitter().split(with_macros(without_comments(migration.text), engine, migration.name));
}

std::string digest_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211ULL;
    }
    std::array<char, 17> hex{};
    std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(hash));
    return hex.data();
}

}  // namespace huiqiao::db
