#pragma once
// Requests whose base_url begins with "fix://" go to one client, all others to another. Owns both; handles are its own.

#include <memory>

#include "src/http/client.h"

#include <map>

namespace huiqiao::fix44 {

class RoutedClient final : public http::Client {
 public:
    RoutedClient(std::unique_ptr<http::Client> fix, std::unique_ptr<http::Client> others)
        : fix_{std::move(fix), {}}, others_{std::move(others), {}} {}

    http::CallHandle start(http::OutgoingRequest request) override;
    std::vector<http::Completion> take_completed(Monotonic now) override;
    void abandon(http::CallHandle handle) override;
    /// While FIX requests are under way it looks up every few milliseconds, since only one client can be waited for.
    void wait(std::chrono::microseconds at_most) override;

 private:
    struct Way {
        std::unique_ptr<http::Client> client;
        std::map<http::CallHandle, http::CallHandle> under_way;  // the client's handle -> ours
    };
    Way fix_;
    Way others_;
    http::CallHandle last_ = 0;
};

}  // namespace huiqiao::fix44
