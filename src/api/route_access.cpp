#include "src/api/route_access.h"

#include <array>

#include "src/base/error.h"
#include "src/base/planted.h"
#include "src/operators/approval.h"

namespace huiqiao::api {

namespace {

using http::Method;

constexpr std::array kAccesses{
    RouteAccess{Method::Post, "/v1/ops/work-items/{id}/take", Access::Work},
    RouteAccess{Method::Post, "/v1/ops/work-items/{id}/close", Access::Work},
    RouteAccess{Method::Post, "/v1/ops/approvals", Access::Propose},
    RouteAccess{Method::Post, "/v1/ops/approvals/{id}/approve", Access::Confirm},
    RouteAccess{Method::Post, "/v1/ops/approvals/{id}/refuse", Access::Confirm},
    RouteAccess{Method::Post, "/v1/ops/approvals/{id}/withdraw", Access::Propose},
    RouteAccess{Method::Post, "/v1/ops/locks", Access::Propose},
    RouteAccess{Method::Post, "/v1/ops/locks/{id}/ends", Access::Propose},
    RouteAccess{Method::Post, "/v1/ops/lock-ends/{id}/confirm", Access::Confirm},
    RouteAccess{Method::Post, "/v1/ops/lock-ends/{id}/refuse", Access::Confirm},
    RouteAccess{Method::Post, "/v1/ops/phone-deals", Access::Propose},
    RouteAccess{Method::Post, "/v1/ops/phone-deals/{id}/confirm", Access::Confirm},
};

}  // namespace

std::span<const RouteAccess> route_accesses() {
    return kAccesses;
}

std::optional<Access> access_of(Method method, std::string_view pattern) {
    if (method == Method::Get || method == Method::Head) return Access::Read;
    for (const RouteAccess& each : kAccesses)
        if (each.method == method && each.pattern == pattern) return each.access;
    return std::nullopt;
}

bool may(operators::Role role, Access access) {
    switch (access) {
        case Access::Read: return true;
        case Access::Work: return role != operators::Role::Viewer;
        case Access::Propose: return role == operators::Role::Dealer;
        case Access::Confirm: return role == operators::Role::Confirmer || is_planted(Bug::ConfirmedByDealer);
    }
    throw LogicError("unnamed access");
}

std::string_view to_text(Access access) {
    switch (access) {
        case Access::Read: return "dealer, confirmer or viewer";
        case Access::Work: return "dealer or confirmer";
        case Access::Propose: return "dealer";
        case Access::Confirm: return "confirmer";
    }
    throw LogicError("unnamed access");
}

Error refusal_of(operators::Role role, std::optional<Access> access) {
    if (access == Access::Propose) return Error(operators::operators_error::kMayNotMake);
    if (access == Access::Confirm) return Error(operators::operators_error::kMayNotCheck);
    return Error(api_error::kNotYourRole, {{"role", std::string(operators::to_text(role))}});
}

}  // namespace huiqiao::api
