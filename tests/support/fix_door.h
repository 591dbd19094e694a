#pragma once
// The bank's FIX door without a session: QuickFIX keeps threads and a clock of its own, so a run that must be the same
// twice hands each message of a request to the bank on the caller's thread. Requests, answers and which of them belong
// together are the product's; logging on, numbers and gaps are not in it (contract/fix44_sockets_test.cpp).

#include "adapters/sandbox/counterparty.h"

namespace huiqiao::testing {

/// What came to one request; kNoAnswer where nothing did.
http::Response answer_over_fix(sandbox::Counterparty& bank, const http::Request& request, Instant now);

}  // namespace huiqiao::testing
