#pragma once
// What an order costs once the file is large: intake and collection of 10,000 orders behind a fill by the product's own
// operations, in turn with the same on an empty file; and how soon a service that was killed over that file is back.

#include <filesystem>

#include "src/app/bench_write.h"

namespace huiqiao::app {

struct FlatSettings {
    std::filesystem::path config_directory;
    std::int64_t orders = 990'000;  // in the file before it is measured
};

/// flat_cost, the same by CPU time, and restart; on SQLite. Prints how far the fill is. Throws std::runtime_error where
/// an order is not accepted or booked, or the service does not come back.
std::vector<Figure> measure_flat(BenchEngine& engine, const ledger::Chart& chart, const FlatSettings& settings);

}  // namespace huiqiao::app
