#pragma once
// huiqiao bench: what the program does in a second with durable commits, on SQLite and MariaDB, beside what the bare
// parts do in the same run. Prints a table, writes the figures as JSON (array of name, engine, value, unit, reference,
// reference_value, ratio, goal). It measures and judges nothing: a goal that is missed is a figure, no failure.

#include <cstdint>
#include <filesystem>
#include <string>

namespace huiqiao::app {

struct BenchCommand {
    std::filesystem::path output = "build/bench.json";       // databases stand beside it, in "bench", and go afterwards
    std::filesystem::path config_directory = "config";       // currencies and chart of accounts
    std::string engine;                                      // "sqlite", "mariadb"; empty: both
    std::filesystem::path sample_directory = "sample_data";  // orders whose whole lives are measured
    std::string only;         // "write", "api", "verify", "lives", "processes", "flat"; empty: all
    std::int64_t orders = 0;  // in the file of flat_cost and restart; 0: kFlatOrders, or kLongFlatOrders with `large`
    bool large = false;
    bool quick = false;  // fewer rounds: to see that it works
};

inline constexpr std::int64_t kFlatOrders = 90'000;
inline constexpr std::int64_t kLongFlatOrders = 990'000;

/// 0: measured; 1: two databases that should hold the same rows do not; 2: could not begin.
int run_bench(const BenchCommand& command);

}  // namespace huiqiao::app
