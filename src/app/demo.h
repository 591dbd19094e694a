#pragma once
// `huiqiao demo`: the main job end to end on sample data, on real sockets and a real database, with the faults
// happening in front of the viewer; at its end a page that a newcomer understands, and files to look into. It begins at
// a fixed working day, 09:00 in Shanghai, and steps the one clock of all processes, so it runs the same on any day.

#include "src/app/command_line.h"

namespace huiqiao::app {

/// Its exit code is 0 where every fault ended as it must and the books are proved.
void add_demo(CommandLine& line);

}  // namespace huiqiao::app
