#pragma once
// Showing the same thing again and again until a signal: what --watch of the desk's commands does.

namespace huiqiao::app {

/// Before each showing: a terminal is cleared where it is watched.
void begin_showing(bool watch);
/// After each: whether it is to be shown anew. Where it is watched it says how to end it, and waits.
bool shows_anew(bool watch);

}  // namespace huiqiao::app
