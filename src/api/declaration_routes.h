#pragma once
// Customs declarations of the calling platform's orders: one by its id, or all of an order.

#include "src/api/platform_api.h"

namespace huiqiao::api {

class DeclarationRoutes {
 public:
    explicit DeclarationRoutes(PlatformApi& api) : api_(api) {}

    void add_to(http::Router& router);

 private:
    http::Response read(const Call& call);
    http::Response of_order(const Call& call);

    PlatformApi& api_;
};

}  // namespace huiqiao::api
