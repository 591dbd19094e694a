// The tables of states that the READMEs print are the program's own: whoever changes one changes the other.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "src/orders/order.h"
#include "src/orders/payment.h"

namespace {

using namespace huiqiao;

std::string readme(const char* name) {
    std::ifstream in(name, std::ios::binary);
    CAPTURE(name);
    REQUIRE(in.is_open());
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The first cells of the printed table, with their backticks.
std::vector<std::string> order_states() {
    std::vector<std::string> states;
    std::istringstream table(orders::order_states_table());
    for (std::string line; std::getline(table, line);) {
        if (line.rfind("| `", 0) == 0) states.push_back(line.substr(2, line.find('`', 3) - 1));
    }
    return states;
}

std::string payment_moves_table() {
    std::string table = "| Payment | Event | becomes |\n|---|---|---|\n";
    for (const orders::PaymentMove& move : orders::kPaymentMoves) {
        table.append("| `").append(orders::to_text(move.from)).append("` | ").append(orders::to_text(move.event));
        table.append(" | `").append(orders::to_text(move.to)).append("` |\n");
    }
    return table;
}

/// What the pattern's first group finds in the program's own text.
std::vector<std::string> codes_in(const char* source, const char* pattern) {
    const std::string text = readme(source);
    const std::regex code(pattern);
    std::vector<std::string> codes;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), code); at != std::sregex_iterator(); ++at)
        codes.push_back((*at)[1]);
    return codes;
}

}  // namespace

TEST_CASE("the operators' guides explain every code that says why a price is not taken") {
    std::vector<std::string> codes = codes_in("fx/fx_texts.cpp", R"re(\{Unfit::\w+, "(\w+)"\})re");
    REQUIRE(codes.size() == 7);
    for (const char* header : {"fx/quote.h", "fx/rates_book.h"}) {
        const auto refusals = codes_in(header, R"re(ErrorCode \w+\{\s*"(rate_\w+)")re");
        REQUIRE(refusals.size() >= 3);
        codes.insert(codes.end(), refusals.begin(), refusals.end());
    }
    for (const char* guide : {"docs/operator.md", "docs/operator.zh-CN.md"}) {
        const std::string text = readme(guide);
        for (const std::string& code : codes) {
            CAPTURE(guide);
            CAPTURE(code);
            CHECK(text.find("\n| `" + code + "` | ") != std::string::npos);
        }
        for (const std::string& why : codes_in("src/api/desk_events.cpp", R"re(ResetWhy::\w+: return "(\w+)")re")) {
            CAPTURE(why);
            CHECK(text.find("`" + why + "`") != std::string::npos);
        }
    }
}

TEST_CASE("what the READMEs and guides show and lead to is there, and both languages show the same pictures") {
    namespace fs = std::filesystem;
    std::map<std::string, std::set<std::string>> pictures;
    for (const char* page :
         {"README.md", "README.zh-CN.md", "docs/operator.md", "docs/operator.zh-CN.md", "docs/platform-developer.md",
          "docs/platform-developer.zh-CN.md", "docs/declarant.md", "docs/declarant.zh-CN.md"}) {
        CAPTURE(page);
        const std::string text = readme(page);
        const std::regex link(R"re((!?)\[[^\]]*\]\(([^)#:]+)(#[^)]*)?\))re");
        for (auto at = std::sregex_iterator(text.begin(), text.end(), link); at != std::sregex_iterator(); ++at) {
            const std::string target = (*at)[2];
            CAPTURE(target);
            CHECK(fs::exists(fs::path(page).parent_path() / target));
            if ((*at)[1] == "!") pictures[page].insert(target);
        }
    }
    CHECK(pictures["README.md"].size() >= 1);
    CHECK(pictures["README.md"] == pictures["README.zh-CN.md"]);
    for (const std::string& picture : pictures["README.md"]) {
        CAPTURE(picture);
        const std::string svg = readme(picture.c_str());
        CHECK(svg.starts_with("<svg "));
        CHECK(svg.ends_with("</svg>\n"));
    }
}

TEST_CASE("README.md prints the order's states as the program means them") {
    CHECK(readme("README.md").find(orders::order_states_table()) != std::string::npos);
}

TEST_CASE("README.md prints the moves of a payment as the program makes them") {
    CHECK(readme("README.md").find(payment_moves_table()) != std::string::npos);
}

TEST_CASE("README.zh-CN.md has a row for every state of an order") {
    const std::string text = readme("README.zh-CN.md");
    const std::vector<std::string> states = order_states();
    REQUIRE(states.size() == 12);
    for (const std::string& state : states) {
        CAPTURE(state);
        CHECK(text.find("\n| " + state + " | ") != std::string::npos);
    }
}

TEST_CASE("an operator's roles have one Chinese word each, wherever they are spoken of") {
    for (const char* file : {"README.zh-CN.md", "docs/operator.zh-CN.md", "docs/declarant.zh-CN.md",
                             "src/api/route_access.h", "src/operators/approval.h", "src/app/operator_commands.cpp"}) {
        CAPTURE(file);
        CHECK(readme(file).find("确认员") == std::string::npos);
    }
    const std::string words = readme("README.zh-CN.md");
    for (const char* word : {"dealer 交易员", "confirmer 复核员", "viewer 查看员"}) {
        CAPTURE(word);
        CHECK(words.find(word) != std::string::npos);
    }
}
