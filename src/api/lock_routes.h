#pragma once
// Banks' promises for operators: GET /v1/ops/locks[?limit&cursor], newest first, and /v1/ops/locks/{id} with what each
// order put in and got. Amount used and left, and the time that it may still be used. POST /v1/ops/locks by a dealer
// has a bank promise a rate before there is a purchase for it (src/flow/held_locks.h), another_lock naming those of the
// same amount which it is not; GET
// /v1/ops/lock-offer?bank&currency and cny or foreign tells what that would cost, and asks nobody.

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "fx/lock_view.h"
#include "src/api/operator_api.h"
#include "src/api/recorded_operation.h"
#include "src/flow/held_locks.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

/// A lock with its purchase, or with what purchases drew on it; and their lines where they were asked for.
struct LockSeen {
    fx::Lock lock;
    std::optional<fx::Purchase> purchase = {};
    std::optional<fx::HeldLock> held = {};
    std::vector<fx::PurchaseLine> lines = {};
    std::string phone_deal_id = {};  // of a price that was agreed on the telephone
};
fx::LockUse use_of(const LockSeen& seen, Instant now, std::chrono::seconds margin);

/// Newest first, behind the given id ("": from the newest).
std::vector<LockSeen> locks_seen(db::Reader& reader, const std::string& behind_id, int limit);
std::optional<LockSeen> lock_seen(db::Reader& reader, const std::string& id);

/// One object. The command prints the same. margin: by which we count it as over before the bank does.
void write_lock(http::JsonWriter& json, const LockSeen& seen, bool with_lines, Instant now,
                std::chrono::seconds margin);

/// What a lock would be, as one object. The command prints the same.
void write_lock_offer(http::JsonWriter& json, const flow::LockWish& wish, const flow::LockOffer& offer);

class LockRoutes {
 public:
    LockRoutes(OperatorApi& api, flow::HeldLocks& held, const crypto::Sealer& sealer, std::chrono::seconds margin)
        : api_(api), held_(held), take_(held.take(), sealer), margin_(margin) {}
    void add_to(http::Router& router);

 private:
    http::Response one(const OperatorCall& call);
    http::Response list(const OperatorCall& call);
    http::Response offer(const OperatorCall& call);
    http::Response take(const OperatorCall& call);

    OperatorApi& api_;
    flow::HeldLocks& held_;
    RecordedOperation take_;
    std::chrono::seconds margin_;
};

}  // namespace huiqiao::api
