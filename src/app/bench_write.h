#pragma once
// The writer's own speed, measured in process: groups of 500 through the write queue, in turn with the very same rows
// (captured from the product) written by the bare client into a second database.

#include <vector>

#include "src/app/bench_figures.h"
#include "src/app/bench_world.h"

namespace huiqiao::app {

struct BenchRounds {
    int rounds = 7;
    int groups = 10;  // a round
};

/// write_intake, write_collect, hot_account. Throws std::runtime_error where the two databases end with different
/// numbers of rows.
std::vector<Figure> measure_writes(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds);

}  // namespace huiqiao::app
