#pragma once
// Banks' promises for operators: GET /v1/ops/locks[?limit&cursor], newest first, and /v1/ops/locks/{id} with what each
// order put in and got. Amount used and left, and the time that it may still be used. It reads alone.

#include <chrono>
#include <span>
#include <vector>

#include "fx/lock_view.h"
#include "src/api/operator_api.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

/// A lock with its purchase, and its lines where they were asked for.
struct LockSeen {
    fx::Lock lock;
    fx::Purchase purchase;
    std::vector<fx::PurchaseLine> lines = {};
};

/// Newest first, behind the given id ("": from the newest).
std::vector<LockSeen> locks_seen(db::Reader& reader, const std::string& behind_id, int limit);
std::optional<LockSeen> lock_seen(db::Reader& reader, const std::string& id);

/// One object. The command prints the same. margin: by which we count it as over before the bank does.
void write_lock(http::JsonWriter& json, const LockSeen& seen, bool with_lines, Instant now,
                std::chrono::seconds margin);

class LockRoutes {
 public:
    LockRoutes(OperatorApi& api, std::chrono::seconds margin) : api_(api), margin_(margin) {}
    void add_to(http::Router& router);

 private:
    http::Response one(const OperatorCall& call);
    http::Response list(const OperatorCall& call);

    OperatorApi& api_;
    std::chrono::seconds margin_;
};

}  // namespace huiqiao::api
