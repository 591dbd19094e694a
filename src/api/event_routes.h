#pragma once
// What happened to an order of the calling platform, in order of its sequence: GET /v1/orders/{id}/events, the same
// events as the webhooks carry, so that nothing is lost to who missed some.

#include "src/api/platform_api.h"

namespace huiqiao::api {

class EventRoutes {
 public:
    explicit EventRoutes(PlatformApi& api) : api_(api) {}

    void add_to(http::Router& router);

 private:
    http::Response of_order(const Call& call);

    PlatformApi& api_;
};

}  // namespace huiqiao::api
