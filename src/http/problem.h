#pragma once
// Errors as RFC 9457 application/problem+json: type, title, status, code, detail, detail_zh, errors[] {pointer, code,
// detail, detail_zh}, retryable, effect, request_id (and in the header Huiqiao-Request-Id). The one map from an error's
// group to an HTTP status. Says nothing of our inside: texts come from the codes' catalogue.

#include <span>
#include <string_view>

#include "src/base/error.h"
#include "src/http/message.h"

namespace huiqiao::http {

int status_of(ErrorGroup group);
/// Whether the same request (same body, same Idempotency-Key) may be sent again: 429 and 503 of any effect.
bool is_retryable(ErrorGroup group);

/// 429 and 503 carry Retry-After.
Response problem(const Error& error, std::string_view request_id = "", int retry_after_s = 2);
/// Of several faults of one request, the first decides status and code; LogicError where there is none.
Response problem(std::span<const Error> errors, std::string_view request_id = "", int retry_after_s = 2);

/// With a status that no group has (405, 411, 431 ...).
Response problem_as(int status, const Error& error, std::string_view request_id = "");

namespace http_error {
inline constexpr ErrorCode kNotFound{"not_found", ErrorGroup::NotFound, "There is nothing at this path.",
                                     "此路径不存在。"};
inline constexpr ErrorCode kInternal{"internal", ErrorGroup::Internal,
                                     "Something went wrong on our side; nothing was changed.",
                                     "服务内部错误，未作任何更改。"};
inline constexpr ErrorCode kOverloaded{"overloaded", ErrorGroup::Retry,
                                       "The service is busy. Send the request again later.", "服务繁忙，请稍后重试。"};
inline constexpr ErrorCode kBodyTooLarge{"body_too_large", ErrorGroup::TooLarge,
                                         "The body is larger than {limit} bytes.", "请求体超过 {limit} 字节。"};
inline constexpr ErrorCode kBadRequest{"bad_request", ErrorGroup::Syntax, "The request cannot be read: {why}.",
                                       "无法读取请求：{why}。"};
/// Answered with 405 and Allow, which no group has.
inline constexpr ErrorCode kMethodNotAllowed{"method_not_allowed", ErrorGroup::Syntax,
                                             "This path does not know that method. It knows: {allow}.",
                                             "此路径不支持该方法，可用：{allow}。"};
}  // namespace http_error

}  // namespace huiqiao::http
