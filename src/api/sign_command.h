#pragma once
// A ready curl command for a signed request (profile huiqiao-sig-1): for a platform's developer and for operators at a
// shell. It is good for five minutes and, where it changes something, once. Makes text only; sends nothing.

#include <string>

#include "src/http/message_signature.h"

namespace huiqiao::api {

struct SignCommand {
    std::string method = "GET";
    std::string url;              // "http://127.0.0.1:7800/v1/orders?limit=5"
    std::string body;             // the very bytes, with a method that carries one
    std::string idempotency_key;  // empty: none
};

/// kBadCommand where method or url is none that we could sign.
Result<std::string> signed_curl(const SignCommand& command, const http::SignatureKey& key, Instant now, Random& random);

namespace api_error {
inline constexpr ErrorCode kBadCommand{"bad_sign_command", ErrorGroup::Syntax, "Cannot sign this request: {why}.",
                                       "无法为此请求签名：{why_zh}。"};
}  // namespace api_error

}  // namespace huiqiao::api
