#pragma once
// Payments of the calling platform's orders: one by its id, or all attempts of an order.

#include "src/api/platform_api.h"

namespace huiqiao::api {

class PaymentRoutes {
 public:
    explicit PaymentRoutes(PlatformApi& api) : api_(api) {}

    void add_to(http::Router& router);

 private:
    http::Response read(const Call& call);
    http::Response of_order(const Call& call);

    PlatformApi& api_;
};

}  // namespace huiqiao::api
