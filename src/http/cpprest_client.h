#pragma once
// The Client over cpprestsdk. Certificates are always verified. cpprestsdk resends a request by itself when a kept
// connection turns out closed, so only requests that may be sent twice use kept connections (a pool per base URL);
// each other has a connection of its own. Threads of cpprestsdk only push what arrived.

#include <memory>

#include "src/http/client.h"

namespace huiqiao::http {

struct CpprestClientSettings {
    std::string ca_file;              // PEM of the only authorities trusted; "" is the system's store
    std::size_t max_under_way = 256;  // beyond it calls complete as NotSent at once
};

class CpprestClient final : public Client {
 public:
    CpprestClient(const Clock& clock, CpprestClientSettings settings);
    ~CpprestClient() override;  // gives up what is under way
    CpprestClient(const CpprestClient&) = delete;
    CpprestClient& operator=(const CpprestClient&) = delete;

    CallHandle start(OutgoingRequest request) override;
    std::vector<Completion> take_completed(Monotonic now) override;
    void abandon(CallHandle handle) override;
    void wait(std::chrono::microseconds at_most) override;

 private:
    struct State;
    // Shared with cpprestsdk's threads, whose last completions may come after this object has gone.
    std::shared_ptr<State> state_;
};

}  // namespace huiqiao::http
