#pragma once
// What goes wrong in one seed: which kinds, how often, and each single strike. A fifth of all seeds have fair weather,
// a tenth one kind alone, the others a handful. Each kind draws from a stream of its own, so that a run with fewer
// kinds meets the others as before; that is what makes a failing seed smaller.

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "src/base/random.h"
#include "tests/sim/fault_kind.h"

namespace huiqiao::testing::sim {

class Weather {
 public:
    Weather(std::uint64_t seed, const std::optional<std::set<FaultKind>>& only);

    /// Whether this kind strikes at this opportunity; counted. Never after heal().
    [[nodiscard]] bool strikes(FaultKind kind);
    /// A draw of that kind's own stream, in [0, bound).
    [[nodiscard]] std::uint64_t below(FaultKind kind, std::uint64_t bound);
    /// Also counted, where something else than this class knows that it took place.
    void note_happened(FaultKind kind, int times) { happened_[kind] += times; }
    void heal() { healed_ = true; }
    [[nodiscard]] bool is_healed() const { return healed_; }

    [[nodiscard]] const std::set<FaultKind>& drawn() const { return drawn_; }
    [[nodiscard]] const std::map<FaultKind, int>& happened() const { return happened_; }

 private:
    struct Stream {
        SeededRandom random;
        std::uint64_t per_million;
    };
    std::set<FaultKind> drawn_;
    std::map<FaultKind, Stream> streams_;
    std::map<FaultKind, int> happened_;
    bool healed_ = false;
};

}  // namespace huiqiao::testing::sim
