#pragma once
// Remittances of the calling platform's merchants: one by its id with the orders that it pays, or a list by cursor,
// of all its merchants or of one (?merchant_id=).

#include "src/api/platform_api.h"

namespace huiqiao::api {

class RemittanceRoutes {
 public:
    explicit RemittanceRoutes(PlatformApi& api) : api_(api) {}

    void add_to(http::Router& router);

 private:
    http::Response read(const Call& call);
    http::Response list(const Call& call);

    PlatformApi& api_;
};

}  // namespace huiqiao::api
