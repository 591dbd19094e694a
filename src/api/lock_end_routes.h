#pragma once
// Ends of locks before their time for operators (src/flow/lock_ends.h): GET /v1/ops/locks/{id}/ends shows a lock's
// choices side by side and what was asked before, and asks nobody. POST there by a dealer has the bank name the cost of
// one; POST /v1/ops/lock-ends/{id}/confirm by another person takes that very cost, /refuse leaves it; GET of one.

#include "src/api/operator_api.h"
#include "src/api/recorded_operation.h"
#include "src/flow/lock_ends.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

/// One object. The command prints the same.
void write_lock_end(http::JsonWriter& json, const fx::LockEnd& end);
/// One array: what may be done with what is left of the lock.
void write_end_choices(http::JsonWriter& json, const std::vector<flow::EndChoice>& choices);

class LockEndRoutes {
 public:
    LockEndRoutes(OperatorApi& api, flow::LockEnds& ends, const crypto::Sealer& sealer)
        : api_(api), ends_(ends), ask_(ends.ask(), sealer), decide_(ends.decide(), sealer) {}
    void add_to(http::Router& router);

 private:
    http::Response choices(const OperatorCall& call);
    http::Response ask(const OperatorCall& call);
    http::Response one(const OperatorCall& call);
    http::Response confirm(const OperatorCall& call);
    http::Response refuse(const OperatorCall& call);
    http::Response decide(const OperatorCall& call, std::shared_ptr<flow::DecideLockEnd> item);

    OperatorApi& api_;
    flow::LockEnds& ends_;
    RecordedOperation ask_;
    RecordedOperation decide_;
};

}  // namespace huiqiao::api
