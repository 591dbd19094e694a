#pragma once
// Names a rare path where it is taken: sometimes("late notice after cancel"). In production it is one look at a
// pointer; a test installs a recorder that counts, so that a run can say which rare paths it never took. It changes
// nothing, and nothing may depend on it.

#include <functional>
#include <string_view>

namespace huiqiao {

void sometimes(std::string_view marker);

/// Only for tests; an empty recorder removes it. Not to be changed while other threads run.
void install_marker_recorder(std::function<void(std::string_view)> recorder);

}  // namespace huiqiao
