#pragma once
// GET /v1/ops/accounts: every account of the books with its balance, in order of account ids, by cursor.

#include "src/api/operator_api.h"

namespace huiqiao::api {

class AccountRoutes {
 public:
    explicit AccountRoutes(OperatorApi& api) : api_(api) {}
    void add_to(http::Router& router);

 private:
    http::Response list(const OperatorCall& call);

    OperatorApi& api_;
};

}  // namespace huiqiao::api
