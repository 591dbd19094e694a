#pragma once
// Named places where a process may die. In production a crash point does nothing; a test installs a hook that throws
// SimulatedCrash (or ends the process) at the point it chose, and then reopens what is left. SimulatedCrash is no
// std::exception, so that nothing that mends errors can mend a death.

#include <functional>
#include <string>
#include <string_view>

namespace huiqiao {

struct SimulatedCrash {
    std::string at;
};

void crash_point(std::string_view name);
/// The point "<name>:<of_what>": "write_queue.committed:intake".
void crash_point(std::string_view name, std::string_view of_what);

/// Only for tests and the demo; an empty hook removes it. Not to be changed while other threads run.
void install_crash_hook(std::function<void(std::string_view)> hook);

}  // namespace huiqiao
