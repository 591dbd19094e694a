#pragma once
// Makes a failing seed small: leaves out one kind of fault after another as long as it still fails, then takes fewer
// orders. What is left is what a person reads.

#include "tests/sim/simulation.h"

namespace huiqiao::testing::sim {

struct Shrunk {
    SimSettings settings;
    SimResult result;
};

/// result: of settings, with a violation.
[[nodiscard]] Shrunk shrink(const SimSettings& settings, const SimResult& result);

}  // namespace huiqiao::testing::sim
