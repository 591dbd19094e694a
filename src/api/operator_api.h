#pragma once
// The signed routes of the operators' listener (signed_frame.h): who signed is the operator of that key id (their own
// id), read from the database at each request, so a suspension counts at once (SEC-07). What his role may not do is
// refused before the route is asked (route_access.h). Whoever changes something is looked up again in the group that
// does it.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/api/recorder.h"
#include "src/api/route_access.h"
#include "src/api/signed_frame.h"
#include "src/http/cursor.h"
#include "src/http/router.h"
#include "src/operators/operator.h"

namespace huiqiao::api {

struct OperatorCall {
    const http::Request& request;
    const http::PathParameters& path;
    const operators::Operator& who;
    const http::VerifiedSignature& signature;
    std::string request_id;
};

class OperatorApi {
 public:
    using Route = std::function<http::Response(const OperatorCall&)>;

    /// answers: the key by which answers are signed. authorities: names of this listener; empty allows any.
    OperatorApi(const Clock& clock, IdSource& ids, Random& random, db::Database& database, db::WriteQueue& queue,
                const http::CursorCodec& cursors, http::SignatureKey answers, std::vector<std::string> authorities,
                RecorderSettings settings)
        : clock_(clock),
          database_(database),
          queue_(queue),
          cursors_(cursors),
          authorities_(std::move(authorities)),
          frame_(clock, ids, random, std::move(answers), [settings] { return settings.retry_after_s; }),
          recorder_(clock, queue, settings) {}

    void add(http::Router& router, http::Method method, std::string_view pattern, http::RouteLimits limits,
             Route route);

    /// As PlatformApi::record, without an Idempotency-Key: what is done by it names its one subject.
    http::Response record(const OperatorCall& call, RecordedOperation& operation, std::shared_ptr<db::Item> inner,
                          std::function<http::Response(const db::Item&)> answer);

    [[nodiscard]] db::Database& database() { return database_; }
    [[nodiscard]] db::WriteQueue& queue() { return queue_; }
    [[nodiscard]] const http::CursorCodec& cursors() const { return cursors_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
    http::Response answer(const http::Request& request, const http::PathParameters& path, std::optional<Access> access,
                          const Route& route);

    const Clock& clock_;
    db::Database& database_;
    db::WriteQueue& queue_;
    const http::CursorCodec& cursors_;
    std::vector<std::string> authorities_;
    SignedFrame frame_;
    Recorder recorder_;
};

}  // namespace huiqiao::api
