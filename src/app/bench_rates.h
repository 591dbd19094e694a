#pragma once
// The rates book's own speed: boards of several banks as their bytes come, read, judged and kept, with the best all-in
// price of an amount at hand after each line, beside reading the same bytes and nothing else. No database is in it:
// rows of quotes are written by the group that records a bank's answer.

#include "src/app/bench_write.h"

namespace huiqiao::app {

/// rates_book. Throws std::runtime_error where a line is refused or no best price stands.
std::vector<Figure> measure_rates_book(BenchRounds rounds);

}  // namespace huiqiao::app
