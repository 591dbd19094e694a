#pragma once
// Whole lives of orders: signed batches in, collected, funded, converted, remitted, declared, every event written, by
// the product's own objects on one thread over a durable database, with a clock that skips the waiting. The sandbox's
// counterparties answer in process; the time that they take for their own books is taken off.

#include <filesystem>

#include "src/app/bench_write.h"

namespace huiqiao::app {

struct LivesSettings {
    std::filesystem::path config_directory;
    std::filesystem::path sample_directory;  // orders and parties of the demo, and the bank's prices
    int orders = 3000;
};

/// whole_lives, and whole_lives_cpu: the same by CPU time, the database server's with it. Throws std::runtime_error
/// where an order does not come to its end, or the books are not proved.
std::vector<Figure> measure_lives(BenchEngine& engine, const LivesSettings& settings);

}  // namespace huiqiao::app
