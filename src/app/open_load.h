#pragma once
// A client for overload: requests fall due by the clock, whether the server keeps up or not, and each is told with what
// became of it. One thread, kept connections over loopback, one request under way on each. A refused request may be
// sent again at once, as a client does that does not listen to Retry-After.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/clock.h"

namespace huiqiao::app {

struct OpenLoad {
    std::uint16_t port = 0;
    int connections = 1;
    int per_second = 0;  // 0: as fast as connections come free
    int again = 0;       // times that a refused request is sent again at once
    std::chrono::microseconds lasting{0};
    const std::vector<std::string>* requests = nullptr;  // in order; it ends with the last
    std::size_t first = 0;                               // of them
};

/// One answer.
struct Shot {
    std::size_t request = 0;
    int status = 0;  // 0: the connection ended without one
    bool has_retry_after = false;
    std::int64_t due_us = 0;   // since the load began
    std::int64_t sent_us = 0;  // likewise
    std::int64_t told_us = 0;
};

/// What is under way when the time is over is still waited for. Throws std::runtime_error where the server cannot be
/// reached, or says nothing for half a minute.
std::vector<Shot> run_open_load(const OpenLoad& load, const Clock& clock);

}  // namespace huiqiao::app
