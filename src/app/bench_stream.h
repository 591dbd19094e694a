#pragma once
// How long after its arrival a quote stands on the desk's stream: from the moment a bank's answer is handed to the
// write queue, over its COMMIT and the tape of changes, to the moment a reader on a socket has the event. The stream is
// stepped as a service does it; orders are taken in beside it.

#include "src/app/bench_write.h"

namespace huiqiao::app {

/// stream_latency, the slowest hundredth. Throws std::runtime_error where a quote does not come.
std::vector<Figure> measure_stream(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds);

}  // namespace huiqiao::app
