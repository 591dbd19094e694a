#include "src/api/operator_api.h"

#include "src/api/approve_operations.h"
#include "src/http/problem.h"

namespace huiqiao::api {

void OperatorApi::add(http::Router& router, http::Method method, std::string_view pattern, http::RouteLimits limits,
                      Route route) {
    router.add(method, pattern, limits,
               [this, access = access_of(method, pattern), route = std::move(route)](const http::Request& request,
                                                                                     const http::PathParameters& path) {
                   return answer(request, path, access, route);
               });
}

http::Response OperatorApi::answer(const http::Request& request, const http::PathParameters& path,
                                   std::optional<Access> access, const Route& route) {
    std::optional<operators::Operator> who;
    std::optional<http::VerifiedSignature> signature;
    const auto lookup = [&](std::string_view key_id) -> std::optional<crypto::VerifyKey> {
        database_.read([&](db::Reader& reader) { who = operators::OperatorStore::find(reader, std::string(key_id)); });
        if (!who) return std::nullopt;
        const auto key = crypto::VerifyKey::from_text(who->algorithm, who->public_key);
        return key ? std::optional(*key) : std::nullopt;
    };
    return frame_.answer(
        [&]() -> Result<std::string> {
            Result<http::VerifiedSignature> verified =
                http::verify_request(request, lookup, clock_.now(), authorities_);
            if (!verified) return verified.error();
            signature = std::move(verified).value();
            return signature->signature;
        },
        [&](const std::string& request_id) {
            if (who->state != operators::OperatorState::Active)
                return http::problem(Error(api_error::kOperatorGone), request_id);
            if (!access || !may(who->role, *access)) return http::problem(refusal_of(who->role, access), request_id);
            return route(OperatorCall{request, path, *who, *signature, request_id});
        });
}

http::Response OperatorApi::record(const OperatorCall& call, RecordedOperation& operation,
                                   std::shared_ptr<db::Item> inner,
                                   std::function<http::Response(const db::Item&)> answer) {
    return recorder_.record({call.request, call.signature, call.who.id, call.request_id}, operation, std::move(inner),
                            KeyRule::NotTaken, std::move(answer));
}

}  // namespace huiqiao::api
