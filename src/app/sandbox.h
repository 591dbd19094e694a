#pragma once
// `huiqiao sandbox bank|channel|customs`: one simulated counterparty as a process of its own, with its books in a file
// of its own and its keys in the institution's key directory (only in a sandbox do both sides share one). Runs until it
// is told to stop.

#include "src/app/command_line.h"

namespace huiqiao::app {

void add_sandbox(CommandLine& line);

}  // namespace huiqiao::app
