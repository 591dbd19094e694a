#pragma once
// huiqiao overload: five times what the service can do, for a while, from clients that do not listen to Retry-After;
// and a thousand slow connections before the shipped HAProxy (reliability T9, T10). Prints a table of what was measured
// beside its goal, writes it as JSON. A figure that misses its goal is a figure; an order that was acknowledged and is
// not there, or a notice that was refused, is a failure.

#include "src/app/command_line.h"

namespace huiqiao::app {

/// Its exit code is 1 where something was lost.
void add_overload(CommandLine& line);

}  // namespace huiqiao::app
