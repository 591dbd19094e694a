#include "adapters/sandbox/bank/fx_fill.h"

#include "adapters/sandbox/bank/fx_prices.h"

namespace huiqiao::sandbox::bank {

bool comes_to_something(const Money& fixed, Currency bought, int unit, std::int64_t price_e4) {
    if (!fixed.is_positive()) return false;
    const bool cny_fixed = fixed.currency().code() == "CNY";
    return (cny_fixed ? bought_for(fixed, bought, unit, price_e4) : cost_of(fixed, unit, price_e4)).is_positive();
}

void fill(Counter& at, const Money& fixed, const std::map<std::string, std::string>& about, FxDealRow& deal) {
    std::int64_t minor = fixed.minor();
    if (at.faults.take("fx_partial", about, at.now)) {
        const Money half = Money::of_minor(fixed.currency(), minor / 2);
        if (comes_to_something(half, Currency::known(deal.currency), deal.unit, deal.price_e4)) minor = half.minor();
    }
    if (at.faults.take("fx_over_fill", about, at.now)) minor *= 2;
    if (at.faults.take("fx_other_rate", about, at.now)) deal.price_e4 += deal.price_e4 / 200;
    const Money amount = Money::of_minor(fixed.currency(), minor);
    const bool cny_fixed = fixed.currency().code() == "CNY";
    const Currency bought = Currency::known(deal.currency);
    deal.cny_minor = (cny_fixed ? amount : cost_of(amount, deal.unit, deal.price_e4)).minor();
    deal.foreign_minor = (cny_fixed ? bought_for(amount, bought, deal.unit, deal.price_e4) : amount).minor();
}

void close_deal(Counter& at, FxDealRow& deal, std::chrono::seconds settle_after) {
    deal.status = "dealt";
    deal.deal_no = "FX" + std::to_string(200'000 + at.next_number("fx_deal"));
    deal.due_at = std::max(at.now, deal.value_date.at_shanghai(0)) + settle_after;
}

}  // namespace huiqiao::sandbox::bank
