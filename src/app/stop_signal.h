#pragma once
// SIGTERM and SIGINT as something to wait for. block_stop_signals() stands first in main, before any thread, so that
// no thread is ever interrupted by them.

#include <chrono>

namespace huiqiao::app {

void block_stop_signals();
/// Returns when one of them has come.
void wait_for_stop_signal();
/// Whether one of them came within that time.
bool stop_signal_within(std::chrono::milliseconds time);

}  // namespace huiqiao::app
