#include "src/flow/deal_shares.h"

#include <algorithm>

#include "fx/allocation.h"
#include "src/base/sometimes.h"
#include "src/flow/doubtful_deal.h"
#include "src/flow/small_rest.h"

namespace huiqiao::flow {

void share_deal(const ConvertParts& parts, PurchaseInHand& in_hand, fx::JudgedDeal& judged, const Rate& rate) {
    if (!judged.cny.is_positive() || !judged.foreign.is_positive()) return dispute_whole(in_hand, judged);
    std::vector<fx::AllocationLine> lines;
    lines.reserve(in_hand.lines.size());
    for (const fx::PurchaseLine& line : in_hand.lines) lines.push_back({line.put_in, std::nullopt});
    // The unit by which a bank rounds a fixed foreign amount's price up is nobody's money here: it is borne.
    const Money payable = std::min(judged.cny, in_hand.purchase.cny);
    const Result<std::vector<fx::AllocationShare>> shares = fx::allocate(payable, judged.foreign, lines, judged.whole);
    if (!shares) throw LogicError(shares.error().english());
    for (std::size_t i = 0; i < in_hand.lines.size(); ++i) {
        fx::PurchaseLine& line = in_hand.lines[i];
        const fx::AllocationShare& got = (*shares)[i];
        line.cny = got.cny;
        line.foreign = got.foreign;
        line.rest = got.rest;
        line.back = got.back;
        line.borne = got.borne;
    }
    in_hand.lines.back().borne += judged.cny - payable;
    // Of a line that a part of the deal served, what buys next to nothing is not bought in another deal.
    for (fx::PurchaseLine& line : in_hand.lines) {
        if (!line.foreign.is_positive() || !is_small_rest(parts, line.back, rate)) continue;
        sometimes("what a partial fill leaves buys next to nothing");
        line.rest += line.back;
        line.back = Money::zero(line.back.currency());
    }
}

std::vector<ledger::Draft> drafts_of_shares(const PurchaseInHand& in_hand, const postings::Event& event) {
    std::map<std::string, postings::AllocationLine> by_merchant;
    Money borne = Money::zero(in_hand.purchase.cny.currency());
    for (const fx::PurchaseLine& line : in_hand.lines) {
        const postings::AllocationLine share{line.merchant_id, line.cny, line.foreign};
        const auto sum = by_merchant.try_emplace(line.merchant_id, share);
        if (!sum.second) {
            sum.first->second.cny += line.cny;
            sum.first->second.foreign += line.foreign;
        }
        borne += line.borne;
    }
    std::vector<postings::AllocationLine> lines;
    for (const auto& [merchant, line] : by_merchant) {
        if (!line.cny.is_zero() || !line.foreign.is_zero()) lines.push_back(line);
    }
    std::vector<ledger::Draft> drafts;
    if (!lines.empty()) drafts.push_back(postings::purchase_allocated(event, in_hand.purchase.id, lines));
    if (borne.is_positive()) drafts.push_back(postings::shortfall_borne(event, in_hand.purchase.id, borne));
    return drafts;
}

void give_shares(db::Group& group, PurchaseInHand& in_hand) {
    std::map<std::string, Money> rests;
    std::vector<OrderChange> changes;
    for (std::size_t i = 0; i < in_hand.lines.size(); ++i) {
        const fx::PurchaseLine& line = in_hand.lines[i];
        orders::OrderAmounts& amounts = in_hand.orders[i].amounts;
        amounts.converting -= line.put_in;
        amounts.converted += line.cny;
        amounts.bought += line.foreign;
        amounts.rest += line.rest;
        const auto rest = rests.emplace(line.merchant_id, line.rest);
        if (!rest.second) rest.first->second += line.rest;
        changes.push_back({&in_hand.orders[i], ""});
    }
    fx::PurchaseStore::add_to_rests(group.tx, rests);
    save_orders(group, changes);
}

}  // namespace huiqiao::flow
