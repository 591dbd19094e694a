#pragma once
// huiqiao bench: what the program does in a second with durable commits, on SQLite and MariaDB, beside what the bare
// parts do in the same run. Prints a table, writes the figures as JSON (array of name, engine, value, unit, reference,
// reference_value, ratio, goal). It measures and judges nothing: a goal that is missed is a figure, no failure.

#include "src/app/command_line.h"

namespace huiqiao::app {

/// Its exit code is 1 where two databases that should hold the same rows do not.
void add_bench(CommandLine& line);

}  // namespace huiqiao::app
