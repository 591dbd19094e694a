#pragma once
// The platform API under load over loopback sockets: signed orders, 500 a request and one a request, each answered only
// after its durable COMMIT. Client, server and database share the machine's cores.

#include "src/app/bench_write.h"

namespace huiqiao::app {

/// api_orders_batch (beside intake in process), api_orders_single (beside what the parts allow, each measured alone),
/// and the latency of single orders. Throws std::runtime_error where an order is not accepted.
std::vector<Figure> measure_api(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds);

}  // namespace huiqiao::app
