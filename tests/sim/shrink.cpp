#include "tests/sim/shrink.h"

namespace huiqiao::testing::sim {

Shrunk shrink(const SimSettings& settings, const SimResult& result) {
    Shrunk small{settings, result};
    small.settings.only = result.drawn;
    const auto still_fails = [&](const SimSettings& smaller) {
        SimResult tried = run(smaller);
        if (!tried.violation) return false;
        small = {smaller, std::move(tried)};
        return true;
    };
    // What never took place is left out at once.
    SimSettings took_place = small.settings;
    std::erase_if(*took_place.only, [&](FaultKind kind) {
        const auto times = result.happened.find(kind);
        return times == result.happened.end() || times->second == 0;
    });
    still_fails(took_place);
    for (const FaultKind kind : std::set<FaultKind>(*small.settings.only)) {
        SimSettings fewer = small.settings;
        fewer.only->erase(kind);
        still_fails(fewer);
    }
    for (int orders = small.settings.orders / 2; orders >= 1; orders /= 2) {
        SimSettings fewer = small.settings;
        fewer.orders = orders;
        if (!still_fails(fewer)) break;
    }
    return small;
}

}  // namespace huiqiao::testing::sim
