#pragma once
// Orders of the calling platform: create one or up to 500, read, list by cursor, cancel. What belongs to another
// platform does not exist here.

#include "src/api/platform_api.h"
#include "src/flow/cancel.h"
#include "src/flow/intake.h"

namespace huiqiao::api {

class OrderRoutes {
 public:
    static constexpr std::size_t kBatchBodyBytes = std::size_t{2} * 1024 * 1024;

    OrderRoutes(PlatformApi& api, flow::Intake& intake, flow::Cancel& cancel, const crypto::Sealer& sealer)
        : api_(api), intake_(intake), recorded_intake_(intake, sealer), recorded_cancel_(cancel, sealer) {}

    void add_to(http::Router& router);

 private:
    http::Response create(const Call& call);
    http::Response create_batch(const Call& call);
    http::Response read(const Call& call);
    http::Response list(const Call& call);
    http::Response cancel(const Call& call);

    PlatformApi& api_;
    flow::Intake& intake_;
    RecordedOperation recorded_intake_;
    RecordedOperation recorded_cancel_;
};

}  // namespace huiqiao::api
