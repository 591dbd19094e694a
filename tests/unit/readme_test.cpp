// The tables of states that the READMEs print are the program's own: whoever changes one changes the other.

#include <doctest/doctest.h>

#include <fstream>
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

}  // namespace

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
