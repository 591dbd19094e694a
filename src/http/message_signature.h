#pragma once
// Signed requests and answers: the profile huiqiao-sig-1 of RFC 9421 with RFC 9530 Content-Digest (reliability 5.1).
// A request covers, in this order and nothing else: "@method" "@authority" "@path" "@query", and with a method that
// may carry a body "content-type" "content-digest" and, where the header is there, "idempotency-key". Parameters, each
// once: created, expires (at most 300 s later), nonce (16 bytes base64url), keyid, tag. No alg: the stored key knows
// it. Every refusal is the same 401 signature_invalid. Whether a nonce was used before is the caller's to keep.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/random.h"
#include "src/crypto/signing_key.h"
#include "src/http/client.h"
#include "src/http/message.h"

namespace huiqiao::http {

inline constexpr std::string_view kSignatureTag = "huiqiao-sig-1";
inline constexpr std::string_view kSignatureLabel = "sig1";
/// Longest life of a signature, and how far the signer's clock may be from ours.
inline constexpr std::chrono::seconds kSignatureWindow{300};

/// A key that signs, with the name by which the other side finds its public half. The key must outlive it.
struct SignatureKey {
    const crypto::SigningKey* key = nullptr;
    std::string key_id;
};

/// The usable public key of that id now, or nullopt (unknown, not yet or no longer valid): all the same to the caller.
using KeyLookup = std::function<std::optional<crypto::VerifyKey>(std::string_view key_id)>;

struct VerifiedSignature {
    std::string key_id;
    std::string nonce;  // as sent; unique per key for 15 minutes is the caller's check, after this one
    Instant created;
    Instant expires;
    std::string signature;  // ":base64:", what an answer is bound to
};

/// Adds Content-Digest (where the method may carry a body), Signature-Input and Signature, replacing old ones.
/// Content-Type must be set before where the method may carry a body (LogicError).
void sign_request(OutgoingRequest& request, const SignatureKey& key, Instant now, Random& random,
                  std::chrono::seconds life = kSignatureWindow);

/// Order: header syntax, key, window, digest, signature. With an unknown key a signature is verified all the same, so
/// that time tells nothing. authorities: hosts that are ours (lower case, "api.example:8443"); empty allows any.
Result<VerifiedSignature> verify_request(const Request& request, const KeyLookup& lookup, Instant now,
                                         const std::vector<std::string>& authorities = {});

/// The base that verify_request would verify, for a platform's developer to compare; "" where the headers are unusable.
std::string signature_base_of(const Request& request);

/// Covers "@status" "content-digest" and the request's signature, so that an answer fits one request only.
void sign_response(Response& response, std::string_view request_signature, const SignatureKey& key, Instant now,
                   Random& random, std::chrono::seconds life = kSignatureWindow);
Result<VerifiedSignature> verify_response(const Response& response, std::string_view request_signature,
                                          const KeyLookup& lookup, Instant now);
/// The ":base64:" of a request just signed.
std::string request_signature_of(const OutgoingRequest& request);

/// RFC 9421 2.5: a line for each (identifier with its quotes and parameters, value) and one for the parameters.
std::string signature_base(const std::vector<std::pair<std::string, std::string>>& components,
                           std::string_view parameters);

/// "sha-256=:...:", or "sm3=:...:" for SM2 keys.
std::string content_digest(std::string_view body, crypto::SignatureAlgorithm algorithm);

namespace http_error {
inline constexpr ErrorCode kSignatureInvalid{"signature_invalid", ErrorGroup::Unauthenticated,
                                             "The request's signature is missing or not valid.",
                                             "请求签名缺失或无效。"};
}  // namespace http_error

}  // namespace huiqiao::http
