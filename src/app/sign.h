#pragma once
// Commands around keys. `huiqiao sign` prints a signed curl call that a newcomer can try; `huiqiao propose` one by
// which a maker proposes a verb of two persons, with the hash of his evidence.

#include <string>

#include "src/app/command_line.h"
#include "src/base/result.h"

namespace huiqiao::app {

/// What `--body` stands for, as curl's --data-binary reads it: "@file" is that file's bytes, "@-" those of the standard
/// input, anything else itself. The error of read_text() where there is no such file.
Result<std::string> body_of(const std::string& given);

void add_key_commands(CommandLine& line);

}  // namespace huiqiao::app
