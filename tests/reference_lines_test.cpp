// Every line of the specification of reliability that this house answers for stands in the name of a test, so that
// `-tc=*LED-07*` finds what proves it, and a line that loses its test is told.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace fs = std::filesystem;

namespace {

/// A family of lines, numbered from 1 without a gap.
struct Family {
    const char* name;
    int lines;
};
constexpr Family kFamilies[] = {{"XCT", 12}, {"ORD", 10}, {"NTF", 12}, {"LED", 11}, {"DB", 6}, {"RSC", 9}};

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The names of all test cases of a source, one after the other; a long one may stand as several literals.
std::string names_in(const std::string& source) {
    static const std::regex name(R"(\bTEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\))");
    std::string all;
    for (std::sregex_iterator at(source.begin(), source.end(), name), end; at != end; ++at) all += (*at)[1].str();
    return all;
}

std::set<std::string> ids_in_names() {
    static const std::regex id(R"(\b[A-Z]{2,3}-\d{2}\b)");
    std::set<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator("tests")) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string names = names_in(text_of(entry.path()));
        for (std::sregex_iterator at(names.begin(), names.end(), id), end; at != end; ++at) found.insert(at->str());
    }
    return found;
}

}  // namespace

TEST_CASE("names of tests are read from their sources, in one literal or several, and nothing else is") {
    CHECK(names_in("TEST_CASE(\"one\") {\n// TEST_CASES\nSUBCASE(\"two\") {") == "\"one\"");
    CHECK(names_in("TEST_CASE(\n    \"a \\\" b\"\n    \"c\") {").find("\"c\"") != std::string::npos);
}

TEST_CASE("every line of the families that this house answers for stands in the name of a test") {
    const std::set<std::string> found = ids_in_names();
    for (const Family& family : kFamilies) {
        for (int line = 1; line <= family.lines; ++line) {
            const std::string id = std::string(family.name) + (line < 10 ? "-0" : "-") + std::to_string(line);
            if (found.contains(id)) continue;
            FAIL_CHECK(id << " stands in no test's name: write the test that fails where the line is broken, and begin "
                             "its name with "
                          << id);
        }
    }
}
