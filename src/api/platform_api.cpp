#include "src/api/platform_api.h"

#include "src/http/problem.h"

namespace huiqiao::api {

void PlatformApi::add(http::Router& router, http::Method method, std::string_view pattern, http::RouteLimits limits,
                      Route route) {
    router.add(method, pattern, limits,
               [this, route = std::move(route)](const http::Request& request, const http::PathParameters& path) {
                   return answer(request, path, route);
               });
}

http::Response PlatformApi::answer(const http::Request& request, const http::PathParameters& path, const Route& route) {
    const bool reads = request.method == http::Method::Get || request.method == http::Method::Head;
    Admission::Visit visit(admission_, reads ? Admission::Kind::Read : Admission::Kind::Write);
    std::optional<Caller> caller;
    return frame_.answer(
        [&]() -> Result<std::string> {
            if (const auto busy = visit.enter()) return *busy;
            if (const auto claimed = authentication_.claims_to_be(request)) {
                if (const auto over = visit.expect(*claimed)) return *over;
            }
            Result<Caller> known = authentication_.authenticate(request);
            if (!known) return known.error();
            caller = std::move(known).value();
            return caller->signature.signature;
        },
        [&](const std::string& request_id) {
            if (const auto over = visit.admit(caller->platform.id)) return http::problem(*over, request_id);
            return route(Call{request, path, *caller, request_id, visit});
        });
}

http::Response PlatformApi::record(const Call& call, RecordedOperation& operation, std::shared_ptr<db::Item> inner,
                                   bool needs_key, std::function<http::Response(const db::Item&)> answer) {
    if (const auto full = call.visit.wait(inner->weight)) return http::problem(*full, call.request_id);
    return recorder_.record({call.request, call.caller.signature, call.caller.platform.id, call.request_id}, operation,
                            std::move(inner), needs_key ? KeyRule::Required : KeyRule::Optional, std::move(answer));
}

Error not_found(std::string what, std::string what_zh) {
    return Error(api_error::kNotFound, {{"what", std::move(what)}, {"what_zh", std::move(what_zh)}});
}

std::optional<http::Response> refusal(const std::vector<Error>& errors, std::string_view request_id) {
    if (errors.empty()) return std::nullopt;
    return http::problem(errors, request_id);
}

}  // namespace huiqiao::api
