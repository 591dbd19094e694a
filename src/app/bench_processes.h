#pragma once
// Several `huiqiao serve` on one MariaDB: signed batches over spread merchants to three processes, in turn with the
// same load on one.

#include <filesystem>

#include "src/app/bench_write.h"

namespace huiqiao::app {

/// many_processes. Throws std::runtime_error where an order is not accepted.
std::vector<Figure> measure_processes(BenchEngine& engine, const ledger::Chart& chart,
                                      const std::filesystem::path& config_directory, BenchRounds rounds);

}  // namespace huiqiao::app
