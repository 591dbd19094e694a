#pragma once
// Whether a bank's promise is still awaited: it has promised nothing yet, that we know, and expires_at of the lock is
// the longest that its promise could last. Nobody is told of that as an end.

#include "fx/lock.h"

namespace huiqiao::api {

constexpr bool is_awaited(fx::LockState state) {
    return state == fx::LockState::Requested || state == fx::LockState::Unknown;
}

}  // namespace huiqiao::api
