#pragma once
// The subcommands that do one thing and end: migrate, verify, declare, reconcile, close-day, anchors, journal,
// register. Each opens the same database as the service, as a reader or short writer.

#include "src/app/command_line.h"

namespace huiqiao::app {

void add_jobs(CommandLine& line);

}  // namespace huiqiao::app
