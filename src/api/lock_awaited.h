#pragma once
// Whether a bank's promise is still awaited: it has promised nothing yet, that we know, and expires_at of the lock is
// the longest that its promise could last. Nobody is told of that as an end. What was said on the telephone, which
// follows no quote, is promised from the start, and its end is the one that the bank named.

#include "fx/lock.h"

namespace huiqiao::api {

inline bool is_awaited(const fx::Lock& lock) {
    const bool is_open = lock.state == fx::LockState::Requested || lock.state == fx::LockState::Unknown;
    return is_open && !lock.quote_id.empty();
}

}  // namespace huiqiao::api
