#pragma once
// A business verb called by a signed request: its nonce, its Idempotency-Key and its answer commit with its effect, or
// none of them does. A request seen before gets the stored answer and runs nothing; a nonce used before, or a key with
// another request, is refused and runs nothing. Wraps any operation; knows nothing of what it does.

#include <functional>
#include <memory>
#include <string>

#include "src/crypto/sealer.h"
#include "src/db/write_queue.h"
#include "src/http/message.h"

namespace huiqiao::api {

/// A request on its way through the write queue. The key is empty where the route needs none.
struct RecordedItem final : db::Item {
    // in
    std::string request_id;
    Instant received_at{};
    std::string nonce_key;        // request_store.h
    std::string idempotency_key;  // request_store.h; may be empty
    std::string fingerprint;
    std::shared_ptr<db::Item> inner;
    /// Made on the writer's thread, after the inner operation has answered.
    std::function<http::Response(const db::Item& inner)> answer;
    // out
    http::Response response;
};

class RecordedOperation final : public db::Operation {
 public:
    RecordedOperation(db::Operation& inner, const crypto::Sealer& sealer)
        : name_("recorded_" + std::string(inner.name())), inner_(inner), sealer_(sealer) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    std::string name_;
    db::Operation& inner_;
    const crypto::Sealer& sealer_;
};

namespace api_error {
inline constexpr ErrorCode kNonceUsed{"nonce_used", ErrorGroup::Unauthenticated,
                                      "This signature's nonce was used before. Sign the request anew.",
                                      "该签名的 nonce 已使用过，请重新签名。"};
inline constexpr ErrorCode kKeyReused{
    "idempotency_key_reused", ErrorGroup::Rule,
    "This Idempotency-Key was used with another request; nothing was done. A key "
    "stands for one request and its answer, a refusal too: send a changed request "
    "under a new key.",
    "该 Idempotency-Key 已用于另一个请求，本次未作任何处理。一个键对应一个请求及其答复"
    "（包括被拒绝的答复）：请求修改后请换用新的键。"};
inline constexpr ErrorCode kKeyInUse{"idempotency_key_in_use", ErrorGroup::Conflict,
                                     "The first request with this Idempotency-Key has no answer yet. Ask again later.",
                                     "使用该 Idempotency-Key 的首个请求尚无结果，请稍后再试。"};
}  // namespace api_error

}  // namespace huiqiao::api
