#pragma once
// Puts a signed request's effect through the write queue: nonce, Idempotency-Key, effect and answer in one COMMIT
// (recorded_operation.h), answered only after it. The one place of the API where a server's thread waits.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "src/api/recorded_operation.h"
#include "src/base/clock.h"
#include "src/http/message_signature.h"

namespace huiqiao::api {

/// Whether a route takes an Idempotency-Key. Where it takes none, one that is sent is passed over.
enum class KeyRule { NotTaken, Optional, Required };

/// A request whose signature is good, and for whom it is made. The references outlive the call only.
struct SignedRequest {
    const http::Request& request;
    const http::VerifiedSignature& signature;
    std::string owner_id;  // platform or operator: the scope of the key
    std::string request_id;
};

struct RecorderSettings {
    std::chrono::seconds answer_within{20};  // what a write may wait for its COMMIT; then 503 with its effect
    int retry_after_s = 2;
};

class Recorder {
 public:
    Recorder(const Clock& clock, db::WriteQueue& queue, RecorderSettings settings)
        : clock_(clock), queue_(queue), settings_(settings) {}

    /// Runs the inner item once. answer as in RecordedItem.
    http::Response record(const SignedRequest& request, RecordedOperation& operation, std::shared_ptr<db::Item> inner,
                          KeyRule key_rule, std::function<http::Response(const db::Item&)> answer) const;

 private:
    const Clock& clock_;
    db::WriteQueue& queue_;
    RecorderSettings settings_;
};

namespace api_error {
inline constexpr ErrorCode kKeyMissing{"idempotency_key_missing", ErrorGroup::Syntax,
                                       "This route needs an Idempotency-Key of 16 to 64 characters A-Z a-z 0-9 _ -.",
                                       "此接口需要 16 至 64 个字符（A-Z a-z 0-9 _ -）的 Idempotency-Key。"};
inline constexpr ErrorCode kKeyInvalid{
    "idempotency_key_invalid", ErrorGroup::Syntax,
    "The Idempotency-Key must stand once and be 16 to 64 characters A-Z a-z 0-9 _ -.",
    "Idempotency-Key 只能出现一次，且须为 16 至 64 个字符（A-Z a-z 0-9 _ -）。"};
}  // namespace api_error

}  // namespace huiqiao::api
