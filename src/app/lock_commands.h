#pragma once
// huiqiao lock list | show ID: banks' promises, how much of each is used and left, and for how long. They read the
// database.

#include <iosfwd>
#include <span>

#include "src/api/lock_routes.h"
#include "src/app/command_line.h"

namespace huiqiao::app {

void add_lock_commands(CommandLine& line);

/// Newest first.
void print_locks(std::span<const api::LockSeen> locks, Instant now, std::chrono::seconds margin, std::ostream& out);
/// What each order put in and got.
void print_allocations(const api::LockSeen& lock, std::ostream& out);

}  // namespace huiqiao::app
