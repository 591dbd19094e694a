#pragma once
// huiqiao overload: five times what the service can do, for a while, from clients that do not listen to Retry-After;
// and a thousand slow connections before the shipped HAProxy (reliability T9, T10). Prints a table of what was measured
// beside its goal, writes it as JSON. A figure that misses its goal is a figure; an order that was acknowledged and is
// not there, or a notice that was refused, is a failure.

#include <filesystem>

namespace huiqiao::app {

struct OverloadCommand {
    std::filesystem::path config_file = "config/huiqiao.conf";
    std::filesystem::path output =
        "build/overload.json";  // processes, database and logs stand beside it, in "overload"
    int seconds = 20;           // of the overload itself
    int times = 5;              // what the service can do
};

/// 0: measured, and nothing was lost; 1: something was lost; 2: could not begin.
int run_overload(const OverloadCommand& command);

}  // namespace huiqiao::app
