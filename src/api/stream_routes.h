#pragma once
// GET /v1/ops/stream: the desk live, as server-sent events, for the console. It begins with a `reset` that holds what
// stands, or behind the event that the header Last-Event-ID names. Signed like every operators' request; an answer
// without an end cannot be signed, so it is read over a connection that is trusted. Beyond the bound it is 503.

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

namespace api_error {
inline constexpr ErrorCode kTooManyStreams{
    "too_many_streams", ErrorGroup::Retry,
    "As many streams are open as there may be. Nothing was opened. Close one that nobody looks at, or try again later.",
    "实时数据流已达上限，未打开新的数据流。请关闭无人查看的数据流，或稍后重试。"};
}  // namespace api_error

}  // namespace huiqiao::api
