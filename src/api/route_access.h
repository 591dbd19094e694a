#pragma once
// Which operator's role may call which route: one table, printed in the README and walked by a test. A route that
// stands here for nobody is read by all and done by none. That two persons are needed, and that nobody confirms his
// own, is judged where the matter is decided (src/operators/approval.h, src/flow/phone.h), by persons and not by roles.

#include <optional>
#include <span>
#include <string_view>

#include "src/http/message.h"
#include "src/operators/operator.h"

namespace huiqiao::api {

enum class Access {
    Read,     // dealer, confirmer, viewer
    Work,     // dealer, confirmer
    Propose,  // dealer
    Confirm,  // confirmer
};

struct RouteAccess {
    http::Method method;
    std::string_view pattern;
    Access access;
};

/// Whatever is only read is not listed.
std::span<const RouteAccess> route_accesses();
/// nullopt: nobody may.
std::optional<Access> access_of(http::Method method, std::string_view pattern);
bool may(operators::Role role, Access access);
std::string_view to_text(Access access);
/// kMayNotMake, kMayNotCheck, kNotYourRole: to whom may() says no.
Error refusal_of(operators::Role role, std::optional<Access> access);

namespace api_error {
inline constexpr ErrorCode kNotYourRole{
    "not_your_role", ErrorGroup::Forbidden,
    "A {role} may not do this. Nothing was changed. Ask a dealer or a confirmer.",
    "{role} 角色无权执行此操作。未作任何改动。请由交易员（dealer）或复核员（confirmer）执行。"};
}  // namespace api_error

}  // namespace huiqiao::api
