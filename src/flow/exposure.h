#pragma once
// The desk's exposure by payout currency and value date, now or at a past instant, and its count from scratch.
// Now: the running totals that every group keeps with its changes of orders and deals, and the purchases and the desk's
// locks of which something is open, found by their indexes; the cost goes by currencies, writer slots, open purchases
// and live locks, never by orders. The past: totals are kept for every instant at which they changed, and a purchase's
// row says when it was opened, dealt and over, so that both are known exactly from the first group of this version on;
// of what stood before, the totals as they were then, and no earlier; of what retention let go, nothing
// (kInstantForgotten). What was left of a lock that the desk holds is kept with the instant of each change; another
// lock's later value date is its deal's. Like balances, the past is answered only up to the instant that is settled
// among the writers. It books nothing, and asks no bank.

#include <optional>
#include <vector>

#include "fx/exposure.h"
#include "src/db/database.h"

namespace huiqiao::flow {

/// By currency code. at: absent for now; ledger_error::kInstantOpen where it is over and not settled yet,
/// kInstantToCome where it is not over, kInstantForgotten where it is longer ago than totals are kept, kInstantBefore
/// where nothing was counted yet.
Result<std::vector<fx::CurrencyExposure>> exposure(db::Reader& reader, const std::optional<Instant>& at, Instant now);

/// Walks all orders, purchases, locks, open holds and the journal's deals and allocations, and compares: each
/// difference is a sentence with both figures. For tests, verify and the simulator.
std::vector<Error> exposure_recount(db::Reader& reader);

namespace exposure_error {
inline constexpr ErrorCode kInstantForgotten{
    "exposure_forgotten", ErrorGroup::Rule,
    "Exposure is kept from {kept} on, and {asked} is before that. The journal and the orders still tell what was done; "
    "ask for a later instant.",
    "敞口自 {kept} 起保留，{asked} 早于该时刻。账簿与订单仍可查；请改查较晚的时刻。"};
inline constexpr ErrorCode kInstantBefore{
    "exposure_before_first", ErrorGroup::Rule,
    "There is nothing to tell of exposure at {asked}: it was first counted at {first}. Ask for an instant from then up "
    "to {settled}.",
    "{asked} 尚无敞口可查：敞口自 {first} 起计算。请改查该时刻至 {settled} 之间的时刻。"};
inline constexpr ErrorCode kInstantToCome{
    "exposure_to_come", ErrorGroup::Rule,
    "There is nothing to tell of exposure at {asked}, which is still to come. Ask for an instant from {first} up to "
    "{settled}, or for none: that is now.",
    "{asked} 尚未到来，无敞口可查。请改查 {first} 至 {settled} 之间的时刻；不填则为现在。"};
inline constexpr ErrorCode kDiffers{
    "exposure_differs", ErrorGroup::Internal,
    "Exposure in {currency}: {figure} stands at {stands}, but {source} say {counted}. Nothing was changed; do not deal "
    "by it, and tell who maintains the program.",
    "{currency} 敞口：{figure} 记为 {stands}，而 {source} 合计为 "
    "{counted}。未作任何改动；请勿据此交易，并告知程序维护者。"};
}  // namespace exposure_error

}  // namespace huiqiao::flow
