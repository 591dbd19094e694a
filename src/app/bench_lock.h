#pragma once
// What the house adds to a bank's own answer when a dealer locks a rate: from the dealer's request to the promise that
// is committed, the bank's own time taken off.

#include <filesystem>

#include "src/app/bench_write.h"

namespace huiqiao::app {

struct LockBenchSettings {
    std::filesystem::path config_directory;
    std::filesystem::path sample_directory;  // orders and parties of the demo, and the bank's prices
    int locks = 200;
};

/// lock_latency, at the slowest hundredth. Throws std::runtime_error where a lock was not given, or the books are not
/// proved.
std::vector<Figure> measure_lock(BenchEngine& engine, const LockBenchSettings& settings);

}  // namespace huiqiao::app
