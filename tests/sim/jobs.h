#pragma once
// Seeds shared out over processes. Each process takes the next seed that nobody has, in rising order, and tells its
// result as one line; whoever asked is given the lines as they come. A process that dies tells on which seed. SIGINT
// and SIGTERM let every process end the seed that it has in hand: what was not begun is told, to go on from there.
// Nothing of a seed depends on which process ran it, or on how many there are.

#include <cstdint>
#include <functional>
#include <string>

namespace huiqiao::testing::sim {

struct Shared {
    std::uint64_t first = 1;
    std::uint64_t count = 0;
    unsigned jobs = 1;
};

struct SharedResult {
    std::uint64_t next = 0;  // the first seed that was not begun
    bool stopped = false;    // before its time, by a signal
};

/// run: in another process; its line has no line break. on_line, on_death: in this one.
SharedResult share_out(const Shared& shared, const std::function<std::string(std::uint64_t seed)>& run,
                       const std::function<void(const std::string& line)>& on_line,
                       const std::function<void(std::uint64_t seed)>& on_death);

}  // namespace huiqiao::testing::sim
