#pragma once
// Whether a bank's promise is still awaited: it has promised nothing yet, that we know, and expires_at of the lock is
// the longest that its promise could last. Nobody is told of that as an end. What was said on the telephone, which
// follows no quote, is promised from the start, and its end is the one that the bank named.

#include "fx/lock_view.h"

namespace huiqiao::api {

inline bool is_awaited(const fx::Lock& lock) {
    return fx::is_asked_for(lock.state) && !lock.quote_id.empty();
}

}  // namespace huiqiao::api
