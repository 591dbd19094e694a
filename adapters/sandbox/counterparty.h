#pragma once
// What each simulated counterparty is: a library without threads and clocks. Whoever serves it (sockets, or a simulated
// http::Client on one thread) brings requests, the time, and what it wants to send by itself. Its money books are
// durable, in a SQLite file of its own. One caller at a time: who serves it from several threads holds a lock around
// each call.
//
// Deposits at the sandbox bank (another counterparty pays in): POST /internal/deposits, JSON
//   {"deposit_id":"…","account":"sb-cny","amount":{"currency":"CNY","amount":"12.34"},"reference":"…","narrative":"…"}
// Idempotent by deposit_id; reference is what the statement line carries.

#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/http/client.h"
#include "src/http/message.h"

namespace huiqiao::sandbox {

/// Something a counterparty sends by itself: a notice to the institution, a deposit to the bank.
struct Sending {
    std::string id;  // the counterparty's own; given back to sent()
    std::string to;  // configured name: "institution" (our notices listener), "sandbox-bank" …
    http::Method method = http::Method::Post;
    std::string target;  // path
    http::Headers headers;
    std::string body;
};

class Counterparty {
 public:
    virtual ~Counterparty() = default;
    /// Never throws for hostile bytes. A fault that asks for no answer (time-out after effect, outage) is answered by
    /// kNoAnswer: whoever serves closes the connection without a byte, or completes the call as Unknown.
    [[nodiscard]] virtual http::Response answer(const http::Request& request, Instant now) = 0;
    /// What is due to be sent now, and not already in somebody's hands. Each must be followed by sent().
    [[nodiscard]] virtual std::vector<Sending> due(Instant now) = 0;
    virtual void sent(const std::string& sending_id, const http::Outcome& outcome, Instant now) = 0;
};

/// The status by which answer() says: do not answer at all, the effect (if any) stands.
inline constexpr int kNoAnswer = http::kNoAnswer;

}  // namespace huiqiao::sandbox
