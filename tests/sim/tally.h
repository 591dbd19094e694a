#pragma once
// What many seeds came to: added up seed by seed, told between processes as a line, and printed as one Markdown table.

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>

#include "tests/sim/simulation.h"

namespace huiqiao::testing::sim {

struct Tally {
    std::int64_t seeds = 0, clean = 0, orders = 0, virtual_seconds = 0, crashes = 0;
    std::map<FaultKind, std::int64_t> faults;
    std::map<std::string, std::int64_t, std::less<>> markers;

    /// One seed; is_clean: nothing was broken, and its second run left the same trace.
    static Tally of(const SimResult& result, bool is_clean);
    void add(const Tally& other);
    [[nodiscard]] std::string line() const;
    static Tally of_line(const std::string& line);
};

struct Spent {
    double cpu_s = 0;
    double wall_s = 0;
};

/// Kinds of faults that never took place and rare paths that were never taken are named: they prove nothing here.
void print(std::ostream& to, const Tally& tally, const std::string& seeds, int orders_a_seed, const Spent& spent);

}  // namespace huiqiao::testing::sim
