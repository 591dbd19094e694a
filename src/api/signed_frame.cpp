#include "src/api/signed_frame.h"

#include "src/db/database.h"
#include "src/db/db_error.h"
#include "src/http/problem.h"

namespace huiqiao::api {

http::Response SignedFrame::answer(const Authenticate& authenticate, const Route& route) const {
    const std::string request_id = ids_.next("req");
    http::Response response;
    std::string signed_by;
    try {
        Result<std::string> signature = authenticate();
        if (signature) {
            signed_by = std::move(signature).value();
            response = route(request_id);
        } else {
            response = http::problem(signature.error(), request_id);
        }
    } catch (const db::DatabaseError&) {
        response = http::problem(Error(http::http_error::kOverloaded), request_id);
    }
    if (response.status == 429 || response.status == 503)
        response.headers.set("Retry-After", std::to_string(retry_after_s_()));
    response.headers.set("Huiqiao-Request-Id", request_id);
    if (!signed_by.empty() && !response.stream)
        http::sign_response(response, signed_by, answers_, clock_.now(), random_);
    return response;
}

}  // namespace huiqiao::api
