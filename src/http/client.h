#pragma once
// Calls to the outside world: start now, take the outcome later, on the thread that asks. Nothing of ours runs on a
// library's thread, so the same code runs over real sockets (cpprest_client.h) and over counterparties in process.
// An outcome says what is proved: Answered, NotSent (no byte of the request left) or Unknown (some may have left).
// A request is sent at most once unless it says that it may be sent again. Redirects are answers, never followed.
// One object has one user: completions are taken by whoever asks first.

#include <cstdint>
#include <string>
#include <vector>

#include "src/http/message.h"

namespace huiqiao::http {

struct OutgoingRequest {
    Method method = Method::Get;
    std::string base_url;  // "https://bank.example:8443", scheme and authority only
    std::string target;    // "/v1/rates?pair=USDCNY", encoded by the caller, sent as it is
    Headers headers;       // Host and Content-Length are the client's
    std::string body;
    Monotonic deadline{0};  // for everything from resolving the name to the answer's last byte
    std::size_t max_answer_bytes = std::size_t{1024} * 1024;
    bool may_be_sent_twice = false;  // a kept connection may be used, on which the library resends when it was closed
};

enum class OutcomeKind {
    Answered,  // a whole answer arrived, of whatever status
    NotSent,   // proved: nothing left (name not found, connection refused, TLS refused)
    Unknown,   // anything else: deadline, connection lost, answer cut short or too large
};

std::string_view to_text(OutcomeKind kind);

/// Why, where an answer was beyond max_answer_bytes: asking again brings the same.
inline constexpr std::string_view kAnswerTooLarge = "the answer is too large";

struct Outcome {
    OutcomeKind kind = OutcomeKind::Unknown;
    Response answer;   // where Answered
    std::string text;  // why not, for the log: no header, body or query
};

using CallHandle = std::uint64_t;

struct Completion {
    CallHandle handle = 0;
    Outcome outcome;
};

class Client {
 public:
    virtual ~Client() = default;

    /// Never blocks and never fails: what cannot be sent completes as NotSent. Handles are never 0 nor reused.
    virtual CallHandle start(OutgoingRequest request) = 0;
    /// One step: what has completed by now, each once, in order of completion; calls past their deadline complete as
    /// Unknown here.
    virtual std::vector<Completion> take_completed(Monotonic now) = 0;
    /// Its completion will not be handed out; bytes may leave all the same.
    virtual void abandon(CallHandle handle) = 0;
    /// Returns when something has completed or the time has passed, or at once (a simulated client).
    virtual void wait(std::chrono::microseconds at_most) = 0;
};

/// Starts and waits for its one outcome: for commands and tests, never on a server's thread. The client must have no
/// other call under way (LogicError).
Outcome call(Client& client, OutgoingRequest request, const Clock& clock);

}  // namespace huiqiao::http
