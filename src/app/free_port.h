#pragma once
// A loopback port for a process that is about to be started. Between this and its use another program could take it;
// then the process says so and ends.

namespace huiqiao::app {

/// Free now. Throws std::runtime_error where there is none.
int free_port();

}  // namespace huiqiao::app
