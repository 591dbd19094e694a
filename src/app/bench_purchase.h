#pragma once
// One purchase for thousands of orders: what the desk takes from orders that wait to a deal that is booked and shared
// out to the last minor unit, the bank's own time taken off, beside the bare writing of the same rows.

#include <filesystem>

#include "src/app/bench_write.h"

namespace huiqiao::app {

struct PurchaseSettings {
    std::filesystem::path config_directory;
    std::filesystem::path sample_directory;  // orders and parties of the demo, and the bank's prices
    int orders = 5000;
};

/// purchase_5000 (orders a second) and purchase_5000_ms. Throws std::runtime_error where they were not all bought by
/// one purchase, or the books are not proved.
std::vector<Figure> measure_purchase(BenchEngine& engine, const PurchaseSettings& settings);

}  // namespace huiqiao::app
