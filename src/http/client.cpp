#include "src/http/client.h"

namespace huiqiao::http {

std::string_view to_text(OutcomeKind kind) {
    switch (kind) {
        case OutcomeKind::Answered: return "answered";
        case OutcomeKind::NotSent: return "not_sent";
        case OutcomeKind::Unknown: return "unknown";
    }
    throw LogicError("unnamed outcome");
}

Outcome call(Client& client, OutgoingRequest request, const Clock& clock) {
    const CallHandle handle = client.start(std::move(request));
    for (;;) {
        auto completed = client.take_completed(clock.monotonic());
        if (completed.empty()) {
            client.wait(std::chrono::milliseconds(100));
            continue;
        }
        if (completed.size() != 1 || completed.front().handle != handle) {
            throw LogicError("call() on a client that has other calls under way");
        }
        return std::move(completed.front().outcome);
    }
}

}  // namespace huiqiao::http
