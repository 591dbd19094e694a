#pragma once
// The platforms' ends of webhooks in the demo: a listener that checks each signature and counts. Knows no orders.

#include <atomic>
#include <memory>

#include "src/crypto/signing_key.h"
#include "src/http/server.h"

namespace huiqiao::app {

class DemoWebhooks {
 public:
    DemoWebhooks(const Clock& clock, crypto::VerifyKey service_key, int port);
    Status start() { return server_.start(); }
    [[nodiscard]] std::int64_t received() const { return received_; }
    [[nodiscard]] std::int64_t forged() const { return forged_; }

 private:
    http::Router routes();
    const Clock& clock_;
    crypto::VerifyKey service_key_;
    std::atomic<std::int64_t> received_{0};
    std::atomic<std::int64_t> forged_{0};
    http::Server server_;
};

}  // namespace huiqiao::app
