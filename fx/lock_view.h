#pragma once
// A lock as a person looks at it: how much of it a deal has used, what is left to be dealt by it, and how long it may
// still carry an order. Pure.

#include "fx/held_lock.h"
#include "fx/purchase.h"

namespace huiqiao::fx {

/// Whether the bank's word on it is still to come: asked for, or of unknown outcome.
constexpr bool is_asked_for(LockState state) {
    return state == LockState::Requested || state == LockState::Unknown;
}
/// Whether something may still come of it: asked for, of unknown outcome, or held.
constexpr bool is_live(LockState state) {
    return is_asked_for(state) || state == LockState::Locked;
}

struct LockUse {
    Money used;  // of the fixed side, at most the lock's amount
    Money left;  // zero once nothing may come of it any more: what a deal left is no promise for another one
    std::chrono::seconds time_left{};  // by our count, a margin before the bank's; zero: over, or not live
};

/// Of a lock and the purchase that it is for.
LockUse use_of(const Lock& lock, const Purchase& purchase, Instant now, std::chrono::seconds margin);

/// Of a lock that purchases draw on: used is what they drew.
LockUse use_of(const Lock& lock, const HeldLock& held, Instant now, std::chrono::seconds margin);

namespace lock_error {
inline constexpr ErrorCode kNoLock{"lock_not_found", ErrorGroup::NotFound, "There is no lock {lock}.",
                                   "没有锁汇 {lock}。"};
inline constexpr ErrorCode kOneSide{"lock_one_side", ErrorGroup::Rule,
                                    "Tell one of cny and foreign: what is spent, or what is bought. Nothing was asked.",
                                    "cny 与 foreign 须且仅须给出一个：支付金额或买入金额。未提出请求。"};
}  // namespace lock_error

}  // namespace huiqiao::fx
