#include "fx/all_in.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <tuple>

namespace huiqiao::fx {

namespace {

using Wide = boost::multiprecision::checked_int128_t;

Wide power_of_ten(int digits) {
    Wide power = 1;
    for (int i = 0; i < digits; ++i) power *= 10;
    return power;
}

Unfit unfit_of(const Quote& quote, const BankTerms& terms, const Result<Money>& deal, Instant now) {
    if (quote.state == QuoteState::Refused) return Unfit::Refused;
    if (quote.state == QuoteState::Used) return Unfit::Used;
    if (!is_usable(quote, now, std::chrono::seconds(0))) return Unfit::TooOld;
    // What is more than an amount can be is more than any bank deals.
    if (!deal || (terms.largest_deal && *deal > *terms.largest_deal)) return Unfit::TooLarge;
    return deal->is_positive() ? Unfit::No : Unfit::TooSmall;
}

AllIn for_foreign(const Quote& quote, const BankTerms& terms, const Money& foreign, Instant now) {
    const Result<Money> deal = convert(foreign, quote.client_rate, Rounding::Up);
    const Money none = Money::zero(Currency::known("CNY"));
    AllIn offer{quote, unfit_of(quote, terms, deal, now), none, none, foreign};
    if (!deal) return offer;
    offer.fee = terms.fee_of(*deal);
    const Result<Money> in_all = deal->plus(offer.fee);
    if (in_all) {
        offer.cny = *in_all;
    } else if (offer.unfit == Unfit::No) {
        offer.unfit = Unfit::TooLarge;
    }
    return offer;
}

}  // namespace

std::vector<AllIn> all_in(std::span<const Quote> quotes, const std::map<std::string, BankTerms>& terms,
                          const Money& fixed, Instant now) {
    std::vector<AllIn> offers;
    if (fixed.currency().code() == "CNY") {
        for (Offer& offer : compare(quotes, terms, {fixed, now, std::chrono::seconds(0)})) {
            const Money bought = offer.foreign;
            offers.push_back({std::move(offer.quote), offer.unfit, offer.fee, fixed, bought});
        }
        return offers;
    }
    for (const Quote& quote : quotes) {
        const auto of_bank = terms.find(quote.bank);
        offers.push_back(for_foreign(quote, of_bank == terms.end() ? BankTerms{} : of_bank->second, fixed, now));
    }
    const auto place = [](const AllIn& offer) {
        return std::tuple(offer.unfit != Unfit::No, offer.cny.minor(), offer.quote.client_rate.rate_e10(),
                          -to_us(offer.quote.valid_until), std::string_view(offer.quote.bank));
    };
    std::sort(offers.begin(), offers.end(), [&](const AllIn& a, const AllIn& b) { return place(a) < place(b); });
    return offers;
}

std::string all_in_rate(const AllIn& offer) {
    if (!offer.foreign.is_positive() || !offer.cny.is_positive()) return "";
    const Wide above = Wide(offer.cny.minor()) * power_of_ten(6 + offer.foreign.currency().digits()) * 2 +
                       Wide(offer.foreign.minor()) * 100;
    const Wide e6 = above / (Wide(offer.foreign.minor()) * 200);
    std::string decimals = Wide(e6 % 1'000'000).str();
    decimals.insert(0, 6 - decimals.size(), '0');
    return Wide(e6 / 1'000'000).str() + "." + decimals;
}

Money behind(const AllIn& offer, const AllIn& best, const Money& fixed) {
    return fixed.currency().code() == "CNY" ? best.foreign - offer.foreign : offer.cny - best.cny;
}

}  // namespace huiqiao::fx
