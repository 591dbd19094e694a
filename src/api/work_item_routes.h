#pragma once
// The operators' queue: GET /v1/ops/work-items (oldest first, by cursor), GET …/{id} (closed ones too), POST
// …/{id}/take, POST …/{id}/close with a note, refused while money that the item speaks of is in suspense.

#include "src/api/operator_api.h"
#include "src/http/json_writer.h"
#include "src/operators/work_item.h"

namespace huiqiao::api {

/// One object, as every list of them shows it.
void write_work_item(http::JsonWriter& json, const operators::WorkItem& item, Instant now);

class WorkItemRoutes {
 public:
    WorkItemRoutes(OperatorApi& api, const operators::WorkItems& work_items, const crypto::Sealer& sealer);
    ~WorkItemRoutes();
    void add_to(http::Router& router);

 private:
    class Handle;
    http::Response list(const OperatorCall& call);
    http::Response one(const OperatorCall& call);
    http::Response take(const OperatorCall& call);
    http::Response close(const OperatorCall& call);
    http::Response handle(const OperatorCall& call, bool close, std::string note);

    OperatorApi& api_;
    const operators::WorkItems& work_items_;
    std::unique_ptr<Handle> handle_;
    RecordedOperation recorded_;
};

}  // namespace huiqiao::api
