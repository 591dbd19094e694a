#include "tests/support/front_door.h"

#include "src/api/approval_routes.h"
#include "src/api/lock_routes.h"
#include "src/api/notice_routes.h"
#include "src/api/order_routes.h"
#include "src/api/phone_routes.h"
#include "src/http/metrics.h"

namespace huiqiao::testing {

namespace {

http::Response answer(const http::Router& router, const http::Request& request) {
    const http::Match match = router.match(request.method, request.path);
    if (match.route == nullptr) return http::Response::text(404, "no such route");
    return match.route->handler(request, match.parameters);
}

}  // namespace

class FrontDoor::Impl {
 public:
    Impl(app::App::Parts& parts, crypto::KeyStore& keys, const Clock& clock, Random& random)
        : authentication_(clock, parts.database, {}),
          cursors_(keys.secret("cursors", 32).value()),
          api_(clock, parts.ids, random, parts.database, parts.queue, authentication_, cursors_,
               {&parts.keys.answers, "huiqiao-answers"}, {}),
          orders_(api_, parts.intake, parts.cancel, parts.sealer),
          notices_(clock, parts.ids, parts.queue, parts.collect, parts.work_items, metrics_,
                   {{"sandbox-pay", http::Response::json(200, R"({"code":"SUCCESS"})")}}, {}),
          operator_api_(clock, parts.ids, random, parts.database, parts.queue, cursors_,
                        {&parts.keys.answers, "huiqiao-answers"}, {}, {}),
          approvals_(operator_api_, parts.resolve, parts.ledger, parts.convert, parts.sealer, parts.decisions()),
          phones_(operator_api_, parts.phone, parts.sealer),
          locks_(operator_api_, parts.held_locks, parts.sealer, flow::ConvertSettings{}.lock_needs) {
        orders_.add_to(platform_router);
        notices_.add_to(notice_router);
        approvals_.add_to(operator_router);
        phones_.add_to(operator_router);
        locks_.add_to(operator_router);
    }

    http::Router platform_router;
    http::Router notice_router;
    http::Router operator_router;

 private:
    api::Authentication authentication_;
    http::CursorCodec cursors_;
    http::Metrics metrics_;
    api::PlatformApi api_;
    api::OrderRoutes orders_;
    api::NoticeRoutes notices_;
    api::OperatorApi operator_api_;
    api::ApprovalRoutes approvals_;
    api::PhoneRoutes phones_;
    api::LockRoutes locks_;
};

FrontDoor::FrontDoor(app::App::Parts& parts, crypto::KeyStore& keys, const Clock& clock, Random& random)
    : impl_(std::make_unique<Impl>(parts, keys, clock, random)) {}
FrontDoor::~FrontDoor() = default;

http::Response FrontDoor::platforms(const http::Request& request) {
    return answer(impl_->platform_router, request);
}
http::Response FrontDoor::notices(const http::Request& request) {
    return answer(impl_->notice_router, request);
}
http::Response FrontDoor::operators(const http::Request& request) {
    return answer(impl_->operator_router, request);
}

}  // namespace huiqiao::testing
