#pragma once
// settle_far_off_deal: two persons settle a deal far off what was agreed (doubtful_deal.h) by the bank's written
// word, whose reference they record. It stands: what is in suspense is shared among its orders as any deal is, at
// its own price or the agreed one, whichever is better for them. Or it is void, the bank annulled it: its entries
// are reversed, legs that have not settled are awaited no more, and a leg that has settled stays in suspense as what
// the bank owes or is owed, with a work item, until a statement shows it back (explain_debit, recalled). Its orders
// are let go from this matter alone; where it stands they are served, where it is void they are bought for anew. All
// or nothing: where an order cannot take its share any more it does not stand. Other amounts than the bank first
// told are not entered by it: the bank annuls such a deal. What was drawn of a lock stays drawn, and nothing is said
// to the bank.

#include <memory>

#include "src/flow/convert_parts.h"
#include "src/flow/decision.h"

namespace huiqiao::flow {

inline constexpr std::string_view kAnnulledLeg = "annulled_deal_leg";  // work item; subject: the purchase

/// The parts must outlive it.
std::unique_ptr<Decision> make_settle_far_off(const ConvertParts& parts);

namespace far_off_error {
inline constexpr ErrorCode kCannotTake{
    "order_cannot_take_deal", ErrorGroup::Conflict,
    "Purchase {purchase} cannot stand: order {order} put in {put_in} and has {has} left to buy with, the rest was used "
    "since. Only the bank can annul the deal: ask it, and settle it as void.",
    "购汇 {purchase} 不能按有效处理：订单 {order} 投入 {put_in}，现可购汇余额仅 "
    "{has}，其余已另作他用。请银行撤销该笔成交，"
    "再按 void 处理。"};
inline constexpr ErrorCode kMerchantCannotPay{
    "merchant_cannot_pay_deal", ErrorGroup::Conflict,
    "Purchase {purchase} cannot stand yet: merchant {merchant} would pay {wanted} and has {has} free. Its money went "
    "to "
    "something else since: have it bring what is missing, then ask again. Only where the bank annuls the deal, settle "
    "it "
    "as void.",
    "购汇 {purchase} 暂不能按有效处理：商户 {merchant} 应付 {wanted}，可用余额仅 {has}，款项已另作他用。"
    "请商户补足后重新发起；仅在银行撤销该笔成交时按 void 处理。"};
}  // namespace far_off_error

}  // namespace huiqiao::flow
