#pragma once
// What a deal gave or took beyond its order at the locked rate (FX-07), once two persons accept the bank's figures:
// what it gave is the customers', what it took is borne by whom the agreement of each merchant names, whose share own
// funds pay otherwise. Shared among the merchants whose orders the deal was for, by the CNY that each paid of it, by
// largest remainder, so that nothing is left over. A whole amount in suspense at a time, by resolve_suspense and
// explain_debit. It does not judge the deal, and changes no order: what was gained goes to the merchants' accounts.

#include "src/flow/decision.h"
#include "src/flow/suspense_store.h"

namespace huiqiao::flow {

void touch_difference(db::Reader& reader, const Suspended& item, Touched& touched);

/// The entry that shares it. Refused where the item is not what a deal bought or took beyond its order, or nothing of
/// the deal was allocated (kNotOfDeal); where the deal is larger than its order on both sides, so that what it took
/// paid for what it gave (kOverFill); and where a merchant that bears its share has less (kInsufficientFunds).
Result<ledger::Draft> plan_difference(db::Reader& reader, const ledger::Ledger& ledger, const Suspended& item,
                                      const postings::Event& event);

namespace difference_error {
inline constexpr ErrorCode kNotOfDeal{
    "not_of_a_deal", ErrorGroup::Rule,
    "What entry {entry} put into suspense is not what a deal gave or took beyond its order: it has no merchants to be "
    "shared among.",
    "分录 {entry} 的挂账不是成交与订单之差额，没有可分摊的商户。"};
inline constexpr ErrorCode kOverFill{
    "deal_over_filled", ErrorGroup::Rule,
    "Deal {deal} bought {foreign} more and took {cny} more than its order: the one paid for the other, so neither is "
    "shared alone. Settle both with the merchant that takes the excess (resolve_suspense and explain_debit, merchant).",
    "交易 {deal} 较订单多买入 {foreign}、多支付 "
    "{cny}，两者相对应，不能单独分摊。请由承接多成交部分的同一商户承担两边（resolve_suspense 与 explain_debit 的 "
    "merchant）。"};
}  // namespace difference_error

}  // namespace huiqiao::flow
