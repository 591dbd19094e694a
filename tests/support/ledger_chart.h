#pragma once
// The chart of accounts as it is shipped, for tests.

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "src/ledger/account.h"

namespace huiqiao::testing {

inline ledger::Chart shipped_chart() {
    std::ifstream file("config/chart_of_accounts.csv");
    std::stringstream text;
    text << file.rdbuf();
    return ledger::Chart::parse(text.str()).value();
}

inline Currency currency(std::string_view code) {
    return Currency::find(code).value();
}
inline Money money(std::string_view code, std::string_view amount) {
    return Money::parse(currency(code), amount).value();
}

}  // namespace huiqiao::testing
