#pragma once
// The platforms' ends of webhooks while processes die: remembers every webhook by its id, now and then takes it and
// answers 503 all the same, as a platform does whose own process dies; so what is told twice is told under one id. What
// was heard is held against the events in our books at the end.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "src/base/random.h"
#include "src/crypto/signing_key.h"
#include "src/db/database.h"
#include "src/http/server.h"

namespace huiqiao::crash {

class WebhookEar {
 public:
    /// Listens on the port from here on; throws std::runtime_error where it cannot.
    WebhookEar(const Clock& clock, crypto::VerifyKey service_key, int port, std::uint64_t seed);

    struct Tally {
        std::size_t events = 0;      // different ones
        std::size_t told = 0;        // requests, each event at least once
        std::size_t told_again = 0;  // of those, after the first
    };
    [[nodiscard]] Tally tally() const;
    /// Sentences: an event of ours that no platform took, one that was told and is not in our books, another body or
    /// sequence under one id, a hole in an object's sequence, a signature that is not ours.
    [[nodiscard]] std::vector<std::string> faults(db::Reader& ours) const;

 private:
    struct Heard {
        std::string body;
        std::size_t told = 0;
        std::size_t taken = 0;
    };
    http::Router routes();
    http::Response hear(const http::Request& request);

    crypto::VerifyKey service_key_;
    mutable std::mutex mutex_;
    SeededRandom random_;
    std::map<std::string, Heard> heard_;  // by webhook-id
    std::vector<std::string> faults_;
    http::Server server_;
};

}  // namespace huiqiao::crash
