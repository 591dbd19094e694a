#pragma once
// huiqiao lock list | show ID | take: banks' promises, how much of each is used and left, and for how long; and the
// call by which a dealer has a bank make one. They read the database; the service takes the call. How one is ended:
// lock_end_commands.h.

#include <iosfwd>
#include <span>

#include "src/api/lock_routes.h"
#include "src/app/command_line.h"

namespace huiqiao::app {

void add_lock_commands(CommandLine& line);

/// Newest first.
void print_locks(std::span<const api::LockSeen> locks, Instant now, std::chrono::seconds margin, std::ostream& out);
/// What a lock would be, and what bounds it.
void print_lock_offer(const flow::LockWish& wish, const flow::LockOffer& offer, std::ostream& out);
/// What each order put in and got.
void print_allocations(const api::LockSeen& lock, std::ostream& out);

}  // namespace huiqiao::app
