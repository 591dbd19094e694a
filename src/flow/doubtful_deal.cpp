#include "src/flow/doubtful_deal.h"

#include "fx/word_of_bank.h"
#include "src/base/sometimes.h"
#include "src/flow/decision.h"
#include "src/flow/order_hold.h"

namespace huiqiao::flow {

bool is_doubtful(const ConvertParts& parts, const PurchaseInHand& in_hand, const fx::Deal& deal) {
    // What is too small to buy or to cost anything has no price of its own.
    if (!deal.cny.is_positive() || !deal.foreign.is_positive()) return false;
    return fx::is_far_off(deal, in_hand.lock.rate, guard_bp(parts));
}

void dispute_whole(PurchaseInHand& in_hand, fx::JudgedDeal& judged) {
    judged.surplus_cny += judged.cny;
    judged.surplus_foreign += judged.foreign;
    judged.cny = Money::zero(judged.cny.currency());
    judged.foreign = Money::zero(judged.foreign.currency());
    for (fx::PurchaseLine& line : in_hand.lines) line.back = line.put_in;
}

void hold_for_persons(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::Deal& deal) {
    sometimes("a deal far off what was agreed");
    const std::string& id = in_hand.purchase.id;
    std::vector<HeldOrder> held;
    for (orders::Order& order : in_hand.orders) hold(order, kHeldDeal, id, held);
    HeldOrders::put(group, held);
    const std::string agreed = in_hand.lock.rate.per_one();
    const std::string figures = amount_with_currency(deal.foreign) + " / " + amount_with_currency(deal.cny);
    parts.work_items.open(
        group,
        operators::NewWorkItem{
            std::string(kHeldDeal), "purchase", id,
            "Deal " + deal.bank_reference + " of purchase " + id + " at " + in_hand.purchase.bank + " is " + figures +
                " at " + deal.rate.per_one() + ", far off the agreed " + agreed +
                ". It is booked and all of it is in suspense; its " + std::to_string(in_hand.lines.size()) +
                " orders got nothing and are on hold. Ask the bank in writing whether it stands or is annulled, then "
                "have two persons settle it (settle_far_off_deal); its orders are released with it.",
            in_hand.purchase.bank + " 的购汇 " + id + "（交易 " + deal.bank_reference + "）为 " + figures + "，汇率 " +
                deal.rate.per_one() + "，与约定汇率 " + agreed + " 相差过大。已入账并全部挂账；相关 " +
                std::to_string(in_hand.lines.size()) +
                " 笔订单未分得外币并已暂停。请以书面向银行核实该笔成交有效或撤销，再由两人处理（settle_far_off_deal），"
                "相关订单随之放行。"});
}

}  // namespace huiqiao::flow
