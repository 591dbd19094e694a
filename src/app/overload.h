#pragma once
// huiqiao overload: five times what the service can do, for a while, from clients that do not listen to Retry-After;
// and a thousand slow connections before the shipped HAProxy (reliability T9, T10). Prints a Markdown table of what was
// measured beside its goal, writes it as JSON, and fails where a goal is missed or could not be measured: it is run to
// judge the figures, on a machine that does nothing else.

#include "src/app/command_line.h"

namespace huiqiao::app {

/// Its exit code is 1 where a goal is missed.
void add_overload(CommandLine& line);

}  // namespace huiqiao::app
