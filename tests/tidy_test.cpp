// The rules of the house, as a test: layers, one home for each library, words that must not stand near money, sizes.
// Each failure is a sentence that names the file, the line and the mend.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = ".";
constexpr std::size_t kMostLines = 500;
constexpr std::size_t kMostColumns = 140;

struct SourceFile {
    std::string path;  // from the root, with '/'
    std::vector<std::string> lines;
};

std::vector<SourceFile> read_sources() {
    std::vector<SourceFile> files;
    for (const char* folder : {"src", "fx", "customs", "adapters", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
            const std::string extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".h") continue;
            SourceFile file{fs::relative(entry.path(), kRoot).generic_string(), {}};
            std::ifstream in(entry.path());
            for (std::string line; std::getline(in, line);) file.lines.push_back(line);
            files.push_back(std::move(file));
        }
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

const std::vector<SourceFile>& sources() {
    static const std::vector<SourceFile> files = read_sources();
    return files;
}

bool starts_with(const std::string& text, const std::string& beginning) {
    return text.rfind(beginning, 0) == 0;
}

/// The room of a path: "src/ledger", "fx", "adapters".
std::string room_of(const std::string& path) {
    if (!starts_with(path, "src/")) return path.substr(0, path.find('/'));
    const std::size_t end = path.find('/', 4);
    return end == std::string::npos ? "src" : path.substr(0, end);
}

/// Levels of the house; crypto stands below its neighbours, which sign by it; peers of level 20 never include each
/// other.
int level_of(const std::string& room) {
    static const std::map<std::string, int> levels{
        {"src/base", 0},
        {"src/crypto", 10},
        {"src/xml", 15},
        {"src/db", 15},
        {"src/http", 15},
        {"src/ledger", 20},
        {"src/parties", 20},
        {"src/orders", 20},
        {"src/remittance", 20},
        {"src/calls", 20},
        {"src/operators", 20},
        {"src/events", 20},
        {"src/reconciliation", 20},
        {"fx", 20},
        {"customs", 20},
        {"src/reporting", 20},
        {"src/flow", 30},
        {"src/api", 40},
        {"adapters", 40},
        {"src/app", 50},
        {"src", 60},
    };
    const auto found = levels.find(room);
    return found == levels.end() ? -1 : found->second;
}

/// What a line includes of ours, from the root, or "".
std::string included(const std::string& line) {
    static const std::regex pattern(R"re(^\s*#include "([^"]+)")re");
    std::smatch match;
    return std::regex_search(line, match, pattern) ? match[1].str() : "";
}

/// The line without comments and the contents of strings, so that words in sentences are free.
std::string code_of(const std::string& line) {
    std::string code;
    bool in_string = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!in_string && line.compare(i, 2, "//") == 0) break;
        if (line[i] == '"' && (i == 0 || line[i - 1] != '\\') && !(i > 0 && line[i - 1] == '\''))
            in_string = !in_string;
        if (!in_string) code += line[i];
    }
    return code;
}

std::string where(const SourceFile& file, std::size_t line) {
    return file.path + ":" + std::to_string(line + 1) + ": ";
}

void report(const std::vector<std::string>& faults) {
    for (const std::string& fault : faults) FAIL_CHECK(fault);
}

}  // namespace

TEST_CASE("a file includes lower levels or its own room") {
    std::vector<std::string> faults;
    for (const SourceFile& file : sources()) {
        if (starts_with(file.path, "tests/")) continue;
        const std::string room = room_of(file.path);
        const int level = level_of(room);
        if (level < 0) {
            faults.push_back(file.path + " is in a room that has no level: add it to level_of in tests/tidy_test.cpp");
            continue;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string target = included(file.lines[i]);
            if (target.empty()) continue;
            if (!fs::exists(kRoot / target)) {
                if (target.find("generated") == std::string::npos)
                    faults.push_back(where(file, i) + "include from the repository's root, not \"" + target + "\"");
                continue;
            }
            const std::string other = room_of(target);
            if (other == room) continue;
            const int theirs = level_of(other);
            const bool reporting = room == "src/reporting" && theirs == 20;
            const bool port = room == "adapters" && theirs <= 20;
            if (theirs >= level && !reporting && !port)
                faults.push_back(where(file, i) + room + " may not know " + other +
                                 ": let src/flow join them, or move the noun down");
            if (room == "adapters" && theirs == 20 && target.find("_bank.h") == std::string::npos &&
                target.find("channel.h") == std::string::npos && target.find("gateway.h") == std::string::npos)
                faults.push_back(where(file, i) + "an adapter includes port headers only, not " + target);
            if (starts_with(other, "adapters") && level < 50)
                faults.push_back(where(file, i) + "only src/app builds adapters");
        }
    }
    report(faults);
}

TEST_CASE("each library has one home") {
    struct Home {
        std::regex header;
        std::set<std::string> rooms;
    };
    const std::map<std::string, Home> homes{
        {"SOCI",
         {std::regex(R"(^\s*#include <soci|^\s*#include [<"]sqlite3|^\s*#include [<"](mysql|mariadb))"), {"src/db"}}},
        {"Poco", {std::regex(R"(^\s*#include [<"]Poco/)"), {"src/http"}}},
        {"cpprestsdk", {std::regex(R"(^\s*#include [<"](cpprest|pplx)/)"), {"src/http"}}},
        {"simdjson", {std::regex(R"(^\s*#include [<"]simdjson)"), {"src/http"}}},
        {"OpenSSL", {std::regex(R"(^\s*#include [<"]openssl/)"), {"src/crypto"}}},
        {"Botan", {std::regex(R"(^\s*#include [<"]botan)"), {"src/crypto"}}},
        {"libsodium", {std::regex(R"(^\s*#include [<"]sodium)"), {"src/crypto"}}},
        {"libxml2", {std::regex(R"(^\s*#include [<"]libxml)"), {"src/xml"}}},
        {"pugixml", {std::regex(R"(^\s*#include [<"]pugixml)"), {"src/xml"}}},
        {"date", {std::regex(R"(^\s*#include [<"]date/)"), {"src/base"}}},
        {"QuickFIX", {std::regex(R"(^\s*#include [<"]quickfix/)"), {"adapters"}}},
        {"CLI11", {std::regex(R"(^\s*#include [<"]CLI/)"), {"src/app"}}},
        {"spdlog", {std::regex(R"(^\s*#include [<"](spdlog|fmt)/)"), {"src/app"}}},
        {"Boost.Multiprecision",
         {std::regex(R"(^\s*#include [<"]boost/multiprecision)"), {"src/base", "src/parties", "fx"}}},
    };
    std::vector<std::string> faults;
    for (const SourceFile& file : sources()) {
        if (starts_with(file.path, "tests/")) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            for (const auto& [library, home] : homes) {
                if (std::regex_search(file.lines[i], home.header) && !home.rooms.contains(room_of(file.path)))
                    faults.push_back(where(file, i) + library + " lives in " + *home.rooms.begin() +
                                     " only: ask that room for what you need");
            }
        }
    }
    report(faults);
}

TEST_CASE("SQL stands in the database room and in stores") {
    const std::regex statement(R"re("\s*(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM) )re");
    std::vector<std::string> faults;
    for (const SourceFile& file : sources()) {
        const bool allowed = room_of(file.path) == "src/db" || file.path.find("_store.") != std::string::npos ||
                             starts_with(file.path, "tests/") || starts_with(file.path, "adapters/sandbox/");
        if (allowed) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            // A table's lock is part of its room's contract, and stands where the noun is declared.
            const bool lock = file.lines[i].find("IN (:list) ORDER BY id\"") != std::string::npos;
            if (!lock && std::regex_search(file.lines[i], statement))
                faults.push_back(where(file, i) + "move this SQL into a *_store.cpp of the room, as a named constant");
        }
    }
    report(faults);
}

TEST_CASE("words that hide time, threads or rounding do not stand in the code") {
    struct Banned {
        std::regex word;
        std::string mend;
        std::set<std::string> allowed;
    };
    const std::vector<Banned> banned{
        {std::regex(R"(\b(double|float)\b)"),
         "money is Money and a rate is Rate; durations are integers",
         {"src/http/metrics.cpp", "src/http/json_reader.cpp"}},
        {std::regex(R"(system_clock::now|steady_clock::now|time\(nullptr\)|gettimeofday)"),
         "take a Clock in the constructor",
         {"src/base/clock.cpp"}},
        {std::regex(R"(\bstd::(stod|stof|atof|strtod)\b)"),
         "amounts are read by Money::parse, rates by Rate::parse",
         {}},
        {std::regex(R"(sleep_for|sleep_until|\busleep\(|\bsleep\()"), "wait for a thing, not for a time", {}},
        {std::regex(R"(\brand\(|random_device|mt19937)"), "take a Random in the constructor", {}},
        {std::regex(R"(using namespace std;)"), "name what you use", {}},
    };
    std::vector<std::string> faults;
    for (const SourceFile& file : sources()) {
        const bool test = starts_with(file.path, "tests/");
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string code = code_of(file.lines[i]);
            for (const Banned& word : banned) {
                const bool timed = test || starts_with(file.path, "src/http/") || starts_with(file.path, "src/app/") ||
                                   starts_with(file.path, "src/db/");
                if (word.mend == "take a Clock in the constructor" && timed) continue;
                if (word.mend != "wait for a thing, not for a time" && test) continue;
                if (std::regex_search(code, word.word) && !word.allowed.contains(file.path))
                    faults.push_back(where(file, i) + word.mend);
            }
        }
    }
    report(faults);
}

TEST_CASE("a source that names a planted mistake is compiled with it, and no other is") {
    std::ifstream in(kRoot / "tests/sim/planted.cmake");
    std::stringstream list;
    list << in.rdbuf();
    const std::regex entry(R"((src|fx|customs|adapters)/[a-z0-9_/]+\.cpp)");
    const std::string text = list.str();
    std::set<std::string> listed;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), entry); at != std::sregex_iterator(); ++at)
        listed.insert(at->str());
    CHECK_FALSE(listed.empty());
    for (const SourceFile& file : sources()) {
        const bool is_source = file.path.ends_with(".cpp") && !starts_with(file.path, "tests/");
        if (!is_source) continue;
        const bool names_one = std::any_of(file.lines.begin(), file.lines.end(), [](const std::string& line) {
            return line.find("is_planted(") != std::string::npos;
        });
        CHECK_MESSAGE(names_one == listed.contains(file.path),
                      file.path << (names_one ? " names a planted mistake: add it to tests/sim/planted.cmake"
                                              : " names no planted mistake: take it out of tests/sim/planted.cmake"));
    }
}

TEST_CASE("files are short, lines fit, and nothing is left to be done") {
    const std::regex left_over(std::string("TO") + "DO|FIX" + "ME|\\bX" + "XX:|DURING-" + "BUILDUP");
    std::vector<std::string> faults;
    for (const SourceFile& file : sources()) {
        if (file.lines.size() > kMostLines)
            faults.push_back(file.path + " has " + std::to_string(file.lines.size()) +
                             " lines: split it by its ideas (most: " + std::to_string(kMostLines) + ")");
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (std::regex_search(file.lines[i], left_over))
                faults.push_back(where(file, i) + "do it now, or file an issue and take this mark away");
            const auto columns =
                static_cast<std::size_t>(std::count_if(file.lines[i].begin(), file.lines[i].end(), [](char c) {
                    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                }));
            if (columns > kMostColumns && file.lines[i].find("R\"") == std::string::npos &&
                !starts_with(file.path, "tests/"))
                faults.push_back(where(file, i) + "the line is longer than " + std::to_string(kMostColumns) +
                                 " columns: run clang-format");
        }
        if (fs::path(file.path).extension() == ".h" && (file.lines.empty() || file.lines[0] != "#pragma once"))
            faults.push_back(file.path + ": a header begins with #pragma once");
        if (fs::path(file.path).extension() == ".h" && (file.lines.size() < 2 || !starts_with(file.lines[1], "//")))
            faults.push_back(file.path + ": a header says in its first lines what it answers for");
    }
    report(faults);
}
