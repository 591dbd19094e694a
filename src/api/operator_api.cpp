#include "src/api/operator_api.h"

#include "src/api/approve_operations.h"
#include "src/http/problem.h"

namespace huiqiao::api {

void OperatorApi::add(http::Router& router, http::Method method, std::string_view pattern, http::RouteLimits limits,
                      Route route) {
    router.add(method, pattern, limits,
               [this, route = std::move(route)](const http::Request& request, const http::PathParameters& path) {
                   return answer(request, path, route);
               });
}

http::Response OperatorApi::answer(const http::Request& request, const http::PathParameters& path, const Route& route) {
    const std::string request_id = ids_.next("req");
    http::Response response;
    std::string signed_by;
    try {
        std::optional<operators::Operator> who;
        const auto lookup = [&](std::string_view key_id) -> std::optional<crypto::VerifyKey> {
            database_.read(
                [&](db::Reader& reader) { who = operators::OperatorStore::find(reader, std::string(key_id)); });
            if (!who) return std::nullopt;
            const auto key = crypto::VerifyKey::from_text(who->algorithm, who->public_key);
            return key ? std::optional(*key) : std::nullopt;
        };
        const auto verified = http::verify_request(request, lookup, clock_.now(), authorities_);
        if (!verified) {
            response = http::problem(verified.error(), request_id, settings_.retry_after_s);
        } else {
            signed_by = verified->signature;
            response = who->state == operators::OperatorState::Active
                           ? route(OperatorCall{request, path, *who, *verified, request_id})
                           : http::problem(Error(api_error::kOperatorGone), request_id);
        }
    } catch (const db::DatabaseError&) {
        response = http::problem(Error(http::http_error::kOverloaded), request_id, settings_.retry_after_s);
    }
    response.headers.set("Huiqiao-Request-Id", request_id);
    if (!signed_by.empty()) http::sign_response(response, signed_by, answers_, clock_.now(), random_);
    return response;
}

http::Response OperatorApi::record(const OperatorCall& call, RecordedOperation& operation,
                                   std::shared_ptr<db::Item> inner,
                                   std::function<http::Response(const db::Item&)> answer) {
    return recorder_.record({call.request, call.signature, call.who.id, call.request_id}, operation, std::move(inner),
                            KeyRule::NotTaken, std::move(answer));
}

}  // namespace huiqiao::api
