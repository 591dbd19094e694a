#pragma once
// Sends webhooks, at least once and in no promised order: claims what is due (with a lease, so that several processes
// may run one each), sends only after that COMMIT, records what came back. Bodies are thin and signed by Standard
// Webhooks: Ed25519 always, HMAC too where the platform has a secret. No redirects, 10 s for all, 4 KB of answer. An
// endpoint that fails five times running rests for a minute. Stepped on one thread; the client is its own.

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/crypto/signing_key.h"
#include "src/db/write_queue.h"
#include "src/events/delivery_moves.h"
#include "src/events/webhook_url.h"
#include "src/http/client.h"

namespace huiqiao::events {

struct Endpoint {
    std::string url;
    Secret secret;  // for HMAC; empty: Ed25519 only
};

/// Endpoints of platforms by id; one without a webhook is left out.
using EndpointsOf =
    std::function<std::map<std::string, Endpoint>(db::Reader& reader, const std::set<std::string>& platform_ids)>;

struct WebhookSettings {
    bool allow_loopback = false;  // only while the service itself is bound to loopback
    int claimed_at_once = 128;
    std::chrono::seconds timeout{10};
    std::chrono::seconds lease{60};
    int failures_until_rest = 5;
    std::chrono::seconds rest{60};
};

class WebhookSender {
 public:
    WebhookSender(const Clock& clock, db::Database& database, db::WriteQueue& queue, http::Client& client,
                  const crypto::SigningKey& key, EndpointsOf endpoints, Resolve resolve, WebhookSettings settings,
                  OnParking on_parking = {});

    /// Records what has come back, then claims and starts what is due. How many deliveries moved.
    int step(Instant now);
    /// A person's click on parked deliveries: due at once. How many it found parked.
    Result<int> send_again(const std::vector<std::string>& event_ids);
    [[nodiscard]] std::size_t under_way() const { return under_way_.size(); }

 private:
    struct Sent {
        std::string event_id;
        std::string platform_id;
        std::int64_t epoch;
    };
    struct Health {
        int failures = 0;
        Instant rests_until{};
    };
    int record(Instant now);
    int claim(Instant now);
    std::vector<Delivery> move(std::vector<DeliveryMove> moves);
    void start(const Delivery& delivery, const Endpoint& endpoint, const WebhookUrl& url, Instant now);
    void note(const std::string& platform_id, bool taken, Instant now);

    const Clock& clock_;
    db::Database& database_;
    db::WriteQueue& queue_;
    http::Client& client_;
    const crypto::SigningKey& key_;
    EndpointsOf endpoints_;
    Resolve resolve_;
    WebhookSettings settings_;
    DeliveryMoves moves_;
    std::map<http::CallHandle, Sent> under_way_;
    std::map<std::string, Health> health_;  // by platform
};

/// What a platform receives: {"id","type","timestamp","sequence","object","data"}.
std::string webhook_body(const Event& event);

}  // namespace huiqiao::events
