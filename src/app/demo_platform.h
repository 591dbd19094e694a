#pragma once
// A platform as the demo plays it: its own key, its orders from sample_data, requests signed as any platform's
// developer would sign them, answers checked. Knows the service only by its published API.

#include <map>
#include <string>
#include <vector>

#include "src/crypto/signing_key.h"
#include "src/http/client.h"
#include "src/http/message_signature.h"

namespace huiqiao::app {

/// What a platform sees of one of its orders.
struct SeenOrder {
    std::string id, number, state, declaration_state, payout_kind, payout_currency, trade_kind;
};

/// By what it reaches the service.
struct DemoConnection {
    http::Client& client;
    const Clock& clock;
    std::string base_url;
};

class DemoPlatform {
 public:
    DemoPlatform(std::string id, crypto::SigningKey key, std::string answers_key_pem, DemoConnection connection,
                 Random& random);

    /// JSON of its key for `huiqiao register`.
    [[nodiscard]] std::string key_json() const;

    /// The whole file as one signed batch. Throws where the answer is no 200 or is not signed by the service.
    std::string submit(const std::string& batch_json, const std::string& idempotency_key);
    /// One signed request; the answer's signature is checked. Unanswered where the service is away.
    http::Outcome send(http::Method method, const std::string& target, const std::string& body = "",
                       const std::string& idempotency_key = "");
    /// All its orders, by cursor.
    std::vector<SeenOrder> orders();
    [[nodiscard]] const std::string& id() const { return id_; }

 private:
    std::string id_;
    std::string key_id_;
    crypto::SigningKey key_;
    crypto::VerifyKey answers_key_;
    DemoConnection service_;
    Random& random_;
};

}  // namespace huiqiao::app
