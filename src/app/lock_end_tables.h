#pragma once
// How a lock may end and how it was asked to, as tables for a person. What stands as an offer is shown as one only
// while it can be taken; what was done is shown apart from what was offered. Pure.

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "fx/lock.h"
#include "src/flow/lock_ends.h"

namespace huiqiao::app {

struct LockEndsSeen {
    fx::Lock lock;
    std::vector<flow::EndChoice> choices;
    std::vector<fx::LockEnd> ends = {};              // newest first
    std::map<std::string, fx::LockTerms> done = {};  // by end: rolls that were done at other terms than were offered
};

/// What may be done with what is left, side by side, each with what the bank asks for it now, and why not.
void print_choices(const LockEndsSeen& seen, Instant now, std::ostream& out);
/// What was asked before: who, when, what was offered, and what was done. Nothing where nothing was.
void print_asked(const LockEndsSeen& seen, std::ostream& out);

}  // namespace huiqiao::app
