#include "src/api/sign_command.h"

namespace huiqiao::api {

namespace {

Error bad(std::string why, std::string why_zh) {
    return Error(api_error::kBadCommand, {{"why", std::move(why)}, {"why_zh", std::move(why_zh)}});
}

/// For a POSIX shell: nothing inside single quotes is special but the quote itself.
std::string in_single_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

}  // namespace

Result<std::string> signed_curl(const SignCommand& command, const http::SignatureKey& key, Instant now,
                                Random& random) {
    const auto method = http::method_from_text(command.method);
    if (!method) return bad("the method is unknown", "未知的方法");
    const std::size_t slashes = command.url.find("://");
    if (slashes == std::string::npos || !command.url.starts_with("http"))
        return bad("the URL does not begin with http:// or https://", "URL 须以 http:// 或 https:// 开头");
    const std::size_t path_at = command.url.find('/', slashes + 3);
    http::OutgoingRequest request;
    request.method = *method;
    request.base_url = command.url.substr(0, path_at);
    request.target = path_at == std::string::npos ? "/" : command.url.substr(path_at);
    request.body = command.body;
    if (request.base_url.size() == slashes + 3) return bad("the URL has no host", "URL 缺少主机");
    http::Request probe;
    if (!http::set_target(probe, request.target)) return bad("the URL's path is not valid", "URL 路径无效");
    const bool carries = *method == http::Method::Post || *method == http::Method::Put ||
                         *method == http::Method::Patch || *method == http::Method::Delete;
    if (command.body.find('\0') != std::string::npos)
        return bad("the body holds a zero byte, which no command line can", "请求体含零字节，无法写入命令行");
    if (!carries && !command.body.empty()) return bad("this method carries no body", "此方法不带请求体");
    if (carries) request.headers.set("Content-Type", "application/json");
    if (!command.idempotency_key.empty()) {
        if (!http::Headers::is_value(command.idempotency_key))
            return bad("the Idempotency-Key is not printable", "Idempotency-Key 含不可打印字符");
        request.headers.set("Idempotency-Key", command.idempotency_key);
    }
    http::sign_request(request, key, now, random);
    std::string text = "curl -sS -X " + command.method;
    for (const auto& [name, value] : request.headers.all()) text += " -H " + in_single_quotes(name + ": " + value);
    if (carries) text += " --data-raw " + in_single_quotes(command.body);
    return text + " " + in_single_quotes(request.base_url + request.target);
}

}  // namespace huiqiao::api
