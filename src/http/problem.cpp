#include "src/http/problem.h"

#include "src/http/json_writer.h"

namespace huiqiao::http {

namespace {

Response written(int status, std::span<const Error> errors, std::string_view request_id, int retry_after_s) {
    const Error& first = errors.front();
    const ErrorCode& code = *first.code;
    JsonWriter json;
    json.open_object();
    json.field("type", "urn:huiqiao:problem:" + std::string(code.text));
    json.field("title", reason(status));
    json.field("status", status);
    json.field("code", code.text);
    json.field("detail", first.english());
    json.field("detail_zh", first.chinese());
    json.key("errors").open_array();
    for (const Error& error : errors) {
        if (error.pointer.empty() && errors.size() == 1) break;
        json.open_object().field("pointer", error.pointer).field("code", error.code->text);
        json.field("detail", error.english()).field("detail_zh", error.chinese()).close_object();
    }
    json.close_array();
    json.field("retryable", is_retryable(code.group));
    json.field("effect", to_text(code.group == ErrorGroup::Unknown ? Effect::Unknown : first.effect));
    if (!request_id.empty()) json.field("request_id", request_id);
    json.close_object();

    Response response = Response::text(status, json.take(), "application/problem+json");
    if (!request_id.empty()) response.headers.set("Huiqiao-Request-Id", request_id);
    if (status == 429 || status == 503) response.headers.set("Retry-After", std::to_string(retry_after_s));
    return response;
}

}  // namespace

int status_of(ErrorGroup group) {
    switch (group) {
        case ErrorGroup::Syntax: return 400;
        case ErrorGroup::Unauthenticated: return 401;
        case ErrorGroup::Forbidden: return 403;
        case ErrorGroup::NotFound: return 404;
        case ErrorGroup::Conflict: return 409;
        case ErrorGroup::TooLarge: return 413;
        case ErrorGroup::Rule: return 422;
        case ErrorGroup::Declined: return 422;
        case ErrorGroup::Throttled: return 429;
        case ErrorGroup::Retry: return 503;
        case ErrorGroup::Unknown: return 503;
        case ErrorGroup::Internal: return 500;
    }
    throw LogicError("unnamed error group");
}

bool is_retryable(ErrorGroup group) {
    const int status = status_of(group);
    return status == 429 || status == 503;
}

Response problem(const Error& error, std::string_view request_id, int retry_after_s) {
    return problem(std::span(&error, 1), request_id, retry_after_s);
}

Response problem_as(int status, const Error& error, std::string_view request_id) {
    return written(status, std::span(&error, 1), request_id, 1);
}

Response problem(std::span<const Error> errors, std::string_view request_id, int retry_after_s) {
    if (errors.empty()) throw LogicError("a problem without an error");
    return written(status_of(errors.front().code->group), errors, request_id, retry_after_s);
}

}  // namespace huiqiao::http
