#pragma once
// GET /v1/ops/stream: the desk live, as server-sent events, for the console. It begins with a `reset` that holds what
// stands, or behind the event that the header Last-Event-ID names. Signed like every operators' request; an answer
// without an end cannot be signed, so it is read over a connection that is trusted. Beyond the bounds it is 503.

#include "src/api/desk_stream.h"
#include "src/api/operator_api.h"

namespace huiqiao::api {

class StreamRoutes {
 public:
    StreamRoutes(OperatorApi& api, DeskStream& stream) : api_(api), stream_(stream) {}
    void add_to(http::Router& router);

 private:
    http::Response follow(const OperatorCall& call);

    OperatorApi& api_;
    DeskStream& stream_;
};

}  // namespace huiqiao::api
