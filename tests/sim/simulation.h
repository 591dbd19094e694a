#pragma once
// One seed is one run: the whole house from the platforms' bytes to the wire code of its counterparties, on one thread,
// with a virtual clock, and everything that goes wrong drawn from the seed. The invariants are looked at after every
// event and judged by the books of bank, channel and customs; then all faults stop, and within thirty virtual days
// everything must be final or stand in a queue that a person sees.
//
// Never fails by itself: what is broken is told in the result, so that a caller may expect it.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/fault_kind.h"

namespace huiqiao::testing::sim {

struct SimSettings {
    std::uint64_t seed = 1;
    int orders = 20;
    std::optional<std::set<FaultKind>> only = std::nullopt;  // absent: drawn from the seed
    bool keep_trace = false;                                 // else only its hash and its last events are kept
};

struct SimResult {
    std::optional<std::string> violation;  // the first broken invariant, as a sentence with numbers
    std::string trace_hash;
    std::vector<std::string> last_events;
    std::set<FaultKind> drawn;
    std::map<FaultKind, int> happened;
    std::vector<std::string> banks;      // the way in which each deals
    std::int64_t phone_deals = 0;        // recorded
    std::int64_t locks_taken = 0;        // that the desk holds
    std::int64_t locks_drawn = 0;        // on which a purchase drew
    std::map<std::string, int> markers;  // rare paths of the product that were taken: src/base/sometimes.h
    std::int64_t orders = 0;
    std::int64_t virtual_seconds = 0;
    std::int64_t crashes = 0;
};

[[nodiscard]] SimResult run(const SimSettings& settings);

}  // namespace huiqiao::testing::sim
