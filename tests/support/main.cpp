// Every test binary starts here: in the root of the sources, wherever it was called from, so that tests name files as
// includes do. It installs the currency table that a process installs at start, before any constant of a test is made.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "src/base/currency.h"

namespace {

struct InstalledCurrencies {
    InstalledCurrencies() {
        std::filesystem::current_path(HUIQIAO_SOURCE_DIR);
        std::ifstream file("config/currencies.csv");
        std::stringstream text;
        text << file.rdbuf();
        huiqiao::CurrencyTable::install(huiqiao::CurrencyTable::parse(text.str()).value());
    }
};

const std::ios_base::Init streams_first;
const InstalledCurrencies installed __attribute__((init_priority(1000)));

}  // namespace

int main(int argc, char** argv) {
    doctest::Context context;
    context.applyCommandLine(argc, argv);
    return context.run();
}
