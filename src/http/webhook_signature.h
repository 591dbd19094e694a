#pragma once
// Signatures of our webhooks by Standard Webhooks: webhook-id, webhook-timestamp (seconds), webhook-signature over
// "id.timestamp.body". v1a is Ed25519 (the default), v1 HMAC-SHA256 with a secret per endpoint, v1sm SM2 with SM3 (our
// own name). During a rotation several stand side by side. verify is what a receiver does: sandbox, tests, samples.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/secret.h"
#include "src/crypto/signing_key.h"
#include "src/http/message.h"

namespace huiqiao::http {

/// How far a webhook's timestamp may be from the receiver's clock.
inline constexpr std::chrono::seconds kWebhookTolerance{300};

/// Sets the three headers. At least one key (LogicError); HMAC secrets of 24 to 64 bytes, Ed25519 or SM2 keys. An id
/// holds no '.' (LogicError).
void sign_webhook(Headers& headers, std::string_view id, Instant at, std::string_view body,
                  const std::vector<const crypto::SigningKey*>& keys, const std::vector<const Secret*>& secrets = {});

/// True where the time fits and one of the signatures is by one of the keys or secrets.
bool verify_webhook(const Headers& headers, std::string_view body, Instant now,
                    const std::vector<crypto::VerifyKey>& keys, const std::vector<const Secret*>& secrets = {});

}  // namespace huiqiao::http
