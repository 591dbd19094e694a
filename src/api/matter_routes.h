#pragma once
// What waits for a person beside the work items, with the ids that proposals name: GET /v1/ops/suspense (amounts in
// suspense and suspense_debit, by the entry that put them there) and GET /v1/ops/held-orders (orders on hold, of one
// remittance or payee by ?subject_id=); and what does not fit the banks' statements: GET /v1/ops/breaks. By cursor.

#include "src/api/operator_api.h"

namespace huiqiao::api {

class MatterRoutes {
 public:
    explicit MatterRoutes(OperatorApi& api) : api_(api) {}
    void add_to(http::Router& router);

 private:
    http::Response suspense(const OperatorCall& call);
    http::Response breaks(const OperatorCall& call);
    http::Response held_orders(const OperatorCall& call);

    OperatorApi& api_;
};

}  // namespace huiqiao::api
