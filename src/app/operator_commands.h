#pragma once
// The subcommands by which operators are registered (with a key beside the institution's, keys/<id>.key), suspended,
// resumed, and given the person that they belong to. Run them at the shell of the machine that holds the keys: that
// access is what authorises them.

#include "src/app/command_line.h"

namespace huiqiao::app {

void add_operator_commands(CommandLine& line);

}  // namespace huiqiao::app
