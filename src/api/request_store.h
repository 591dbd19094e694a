#pragma once
// Rows by which a request takes effect once: nonces of signatures, and Idempotency-Keys with the answer that was given
// (sealed, since it may name persons). They expire; business numbers never do, so that a key used again after its time
// meets the order number instead (ORD-08).

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/db/write_queue.h"

namespace huiqiao::api {

inline constexpr std::chrono::hours kKeepIdempotencyKeys{24 * 14};  // ORD-05: at least 7 days
inline constexpr std::chrono::minutes kKeepNonces{15};              // reliability 5.1

/// Values: nonce_key(), request id, expires at.
inline constexpr db::Claim kNonceClaim{{"request_nonce", "nonce_key, request_id, expires_at", "tti"}};
/// Values: idempotency_key(), request id, fingerprint, status 0, "", expires at.
inline constexpr db::Claim kIdempotencyClaim{
    {"idempotency_key", "idem_key, request_id, fingerprint, status, sealed_answer, expires_at", "tttiti"}};

std::string nonce_key(std::string_view key_id, std::string_view nonce);
std::string idempotency_key(std::string_view platform_id, std::string_view key);
/// ORD-04: [A-Za-z0-9_-]{16,64}.
bool is_idempotency_key(std::string_view key);
/// ORD-02: SHA-256 over method, path and raw body, in hex.
std::string request_fingerprint(std::string_view method, std::string_view target, std::string_view body);

struct KeptAnswer {
    std::string request_id;
    std::string fingerprint;
    int status = 0;
    std::string sealed_answer;
};

class RequestStore {
 public:
    /// By idempotency_key; absent ones are left out.
    static std::map<std::string, KeptAnswer> kept(db::Reader& reader, std::span<const std::string> keys);
    /// Writes answers into rows that were claimed in this group. Columns of rows: key, status, sealed answer.
    static void keep(db::Tx& tx, const db::Rows& rows);
    /// Gives up keys claimed in this group, whose requests were refused before they began (ORD-06).
    static void release(db::Tx& tx, std::span<const std::string> keys);
    /// Whether prune() would find something.
    static bool any_expired(db::Reader& reader, Instant now);
    /// Deletes what has expired, oldest first, at most so many of each; how many went.
    static std::int64_t prune(db::Tx& tx, Instant now, int at_most);
};

}  // namespace huiqiao::api
