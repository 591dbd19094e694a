#include "src/api/stream_routes.h"

#include "src/api/query.h"
#include "src/http/problem.h"

namespace huiqiao::api {

void StreamRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/stream", {0},
             [this](const OperatorCall& call) { return follow(call); });
}

http::Response StreamRoutes::follow(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    const auto opened = stream_.open(call.who.id, std::string(call.request.headers.value("Last-Event-ID")));
    if (!opened) return http::problem(opened.error(), call.request_id);
    http::Response response;
    response.headers.set("Content-Type", "text/event-stream");
    response.stream = *opened;
    return response;
}

}  // namespace huiqiao::api
