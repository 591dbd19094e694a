#pragma once
// huiqiao lock ends LOCK: what may be done with what is left of a lock, side by side, each with its cost where the bank
// was asked for it; nobody is asked. lock end LOCK --by ... prints the signed call of a dealer who asks; lock confirm
// END and lock refuse END those of the second person. The service takes the calls.

#include <functional>
#include <iosfwd>
#include <string>

#include "src/app/command_line.h"
#include "src/app/house.h"

namespace huiqiao::app {

/// Of `lock`: what runs where one of their names was given.
void add_end_commands(CLI::App& lock, std::function<int()>& chosen);

/// The choices of a held lock, the one that costs nothing now first.
void print_ends(House& house, const std::string& lock_id, std::ostream& out);

}  // namespace huiqiao::app
