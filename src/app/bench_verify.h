#pragma once
// How fast the whole books are proved from their rows: entries a second of `huiqiao verify`, beside reading the same
// entries in the order of their chains and hashing them, and nothing else.

#include "src/app/bench_write.h"

namespace huiqiao::app {

/// verify. Throws std::runtime_error where the books are not proved.
std::vector<Figure> measure_verify(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds);

}  // namespace huiqiao::app
