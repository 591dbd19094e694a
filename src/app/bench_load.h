#pragma once
// A client for load: one thread, many kept connections over loopback, one request under way on each. It reads only the
// status and the length of answers, so that what it costs is little beside the server's.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/http/client.h"

namespace huiqiao::app {

struct Load {
    std::vector<std::uint16_t> ports;  // connections go to them in turn
    int connections = 1;
    int requests = 0;
    int expected_status = 200;
    std::function<std::string()> next;  // the bytes of the next request
};

struct LoadResult {
    std::int64_t took_us = 0;
    std::vector<std::int64_t> latencies_us;  // from the first byte sent to the last received; one a request
};

/// Throws std::runtime_error with the answer where one is not of the expected status, or a connection breaks.
LoadResult run_load(const Load& load, const Clock& clock);

/// Request line, Host, headers, length, body.
std::string request_bytes(const http::OutgoingRequest& request);

}  // namespace huiqiao::app
