#include "fx/purchase.h"

#include <array>

namespace huiqiao::fx {

namespace {

struct Step {
    PurchaseState from;
    PurchaseEvent event;
    PurchaseState to;
};

constexpr std::array kSteps{
    Step{PurchaseState::Locking, PurchaseEvent::LockHeld, PurchaseState::Ordered},
    Step{PurchaseState::Locking, PurchaseEvent::LockLost, PurchaseState::Withdrawn},
    Step{PurchaseState::Ordered, PurchaseEvent::Accepted, PurchaseState::Accepted},
    Step{PurchaseState::Ordered, PurchaseEvent::Dealt, PurchaseState::Dealt},
    Step{PurchaseState::Ordered, PurchaseEvent::Rejected, PurchaseState::Rejected},
    Step{PurchaseState::Ordered, PurchaseEvent::Unsure, PurchaseState::Unknown},
    Step{PurchaseState::Accepted, PurchaseEvent::Dealt, PurchaseState::Dealt},
    Step{PurchaseState::Accepted, PurchaseEvent::Rejected, PurchaseState::Rejected},
    Step{PurchaseState::Accepted, PurchaseEvent::Unsure, PurchaseState::Unknown},
    Step{PurchaseState::Unknown, PurchaseEvent::Accepted, PurchaseState::Accepted},
    Step{PurchaseState::Unknown, PurchaseEvent::Dealt, PurchaseState::Dealt},
    Step{PurchaseState::Unknown, PurchaseEvent::Rejected, PurchaseState::Rejected},
    Step{PurchaseState::Dealt, PurchaseEvent::LegsSettled, PurchaseState::Settled},
    Step{PurchaseState::Dealt, PurchaseEvent::Annulled, PurchaseState::Annulled},
    Step{PurchaseState::Settled, PurchaseEvent::Annulled, PurchaseState::Annulled},
};

Money unit(Currency currency) {
    return Money::of_minor(currency, 1);
}

}  // namespace

std::optional<PurchaseState> next(PurchaseState state, PurchaseEvent event) {
    for (const Step& step : kSteps) {
        if (step.from == state && step.event == event) return step.to;
    }
    return std::nullopt;
}

Result<JudgedDeal> judge(const Purchase& purchase, const Rate& locked, const Deal& deal) {
    // No more CNY than the lines put in can be theirs; no more foreign currency than that CNY buys at the locked rate,
    // half up and one unit for a bank that rounds otherwise.
    // Whoever fixed the foreign amount left the rounding of its price to the bank: one unit above what was put in is
    // the price of the deal, and not taken beyond it.
    const bool is_rounded_up = purchase.fixed_side == FixedSide::Foreign && deal.foreign == purchase.foreign &&
                               deal.cny == purchase.cny + unit(purchase.cny.currency());
    Money cny = is_rounded_up ? deal.cny : std::min(deal.cny, purchase.cny);
    const Result<Money> worth = convert(cny, locked, Rounding::HalfUp);
    if (!worth) return worth.error();
    Money most = *worth + unit(purchase.currency);
    if (purchase.fixed_side == FixedSide::Foreign) most = std::min(most, purchase.foreign);
    const Money foreign = std::min(deal.foreign, most);

    // Less foreign currency than the CNY is worth: the orders pay for what came at the locked rate, and the rest of
    // what the bank took is in dispute.
    if (foreign + unit(purchase.currency) < *worth) {
        const Result<Money> price = convert(foreign, locked, Rounding::HalfUp);
        if (!price) return price.error();
        cny = std::min(cny, *price);
    }
    JudgedDeal judged{cny, foreign, deal.cny - cny, deal.foreign - foreign, false};
    judged.whole = purchase.fixed_side == FixedSide::Cny ? deal.cny >= purchase.cny && cny == purchase.cny
                                                         : deal.foreign >= purchase.foreign;
    return judged;
}

}  // namespace huiqiao::fx
