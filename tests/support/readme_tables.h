#pragma once
// What the READMEs show of a table is what the program prints: a changed heading is changed there too.

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace huiqiao::testing {

/// One blank between words, however wide the columns are.
inline std::string squeezed(const std::string& text) {
    std::string all;
    for (const char each : text) {
        const bool is_second = each == ' ' && (all.empty() || all.back() == ' ' || all.back() == '\n');
        if (!is_second) all += each;
    }
    return all;
}

/// Both lines of headings that hold this word of a printed table stand in both READMEs.
inline void check_readmes_show(const std::string& printed, const std::string& word) {
    const std::string text = squeezed(printed);
    const std::size_t at = text.find(word);
    REQUIRE(at != std::string::npos);
    const std::size_t begin = text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
    const std::size_t end = text.find('\n', text.find('\n', at) + 1);
    const std::string headings = text.substr(begin, end - begin + 1);
    CAPTURE(headings);
    for (const char* file : {"README.md", "README.zh-CN.md"}) {
        CAPTURE(file);
        std::ifstream in(file, std::ios::binary);
        std::stringstream page;
        page << in.rdbuf();
        CHECK(squeezed(page.str()).find(headings) != std::string::npos);
    }
}

}  // namespace huiqiao::testing
