#include "fx/desk.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <tuple>

#include "src/base/planted.h"

namespace huiqiao::fx {

namespace {

Unfit unfit_of(const Quote& quote, Instant now, std::chrono::seconds life) {
    switch (quote.state) {
        case QuoteState::Refused: return Unfit::Refused;
        case QuoteState::Used: return Unfit::Used;
        case QuoteState::Open: break;
    }
    const bool is_old = quote.valid_until <= now + life && !is_planted(Bug::QuoteAfterExpiry);
    return is_old ? Unfit::TooOld : Unfit::No;
}

bool is_cny_fixed(const Need& need) {
    return need.fixed.currency().code() == "CNY";
}

/// CNY is fixed: the fee comes out of it. Answers the amount that the bank's limit counts.
Result<Money> fill_for_cny(Offer& offer, const BankTerms& terms, const Money& fixed) {
    offer.cny = fixed;
    offer.fee = terms.fee_of(fixed);
    offer.foreign = terms.bought_with(fixed, offer.quote.client_rate);
    return fixed;
}

/// Foreign currency is fixed: the fee comes on top. An error where it costs more than an amount can be.
Result<Money> fill_for_foreign(Offer& offer, const BankTerms& terms, const Money& fixed) {
    offer.foreign = fixed;
    const Result<Money> deal = convert(fixed, offer.quote.client_rate, Rounding::Up);
    if (!deal) return deal;
    offer.fee = terms.fee_of(*deal);
    const Result<Money> in_all = deal->plus(offer.fee);
    if (!in_all) return in_all;
    offer.cny = *in_all;
    return deal;
}

Offer offer_of(const Quote& quote, const BankTerms& terms, const Need& need) {
    const Money none = Money::zero(Currency::known("CNY"));
    Offer offer{quote, unfit_of(quote, need.now, need.life), none, none, Money::zero(quote.currency())};
    const Result<Money> deal =
        is_cny_fixed(need) ? fill_for_cny(offer, terms, need.fixed) : fill_for_foreign(offer, terms, need.fixed);
    if (offer.unfit != Unfit::No) return offer;
    const bool is_limited = terms.largest_deal.has_value() && !is_planted(Bug::LimitIgnored);
    if (!deal || (is_limited && *deal > *terms.largest_deal)) offer.unfit = Unfit::TooLarge;
    const auto free = need.free.find(quote.bank);
    if (offer.unfit == Unfit::No && free != need.free.end() && offer.cny > free->second) offer.unfit = Unfit::NoCny;
    if (!offer.foreign.is_positive()) offer.unfit = Unfit::TooSmall;
    if (need.closed.contains(quote.bank)) offer.unfit = Unfit::Closed;
    return offer;
}

}  // namespace

std::vector<Offer> compare(std::span<const Quote> quotes, const std::map<std::string, BankTerms>& terms,
                           const Need& need) {
    std::vector<Offer> offers;
    for (const Quote& quote : quotes) {
        const auto of_bank = terms.find(quote.bank);
        offers.push_back(offer_of(quote, of_bank == terms.end() ? BankTerms{} : of_bank->second, need));
    }
    const bool is_cny = is_cny_fixed(need);
    const auto place = [is_cny](const Offer& offer) {
        const std::int64_t cost = is_cny ? -offer.foreign.minor() : offer.cny.minor();
        return std::tuple(offer.unfit != Unfit::No, is_planted(Bug::DearerBank) ? -cost : cost,
                          offer.quote.client_rate.rate_e10(), -to_us(offer.quote.valid_until),
                          std::string_view(offer.quote.bank));
    };
    std::sort(offers.begin(), offers.end(), [&](const Offer& a, const Offer& b) { return place(a) < place(b); });
    return offers;
}

bool is_usable(const Quote& quote, Instant now, std::chrono::seconds life) {
    return unfit_of(quote, now, life) == Unfit::No;
}

std::int64_t spread_to_mid_e2bp(const Quote& quote) {
    using Wide = boost::multiprecision::checked_int128_t;
    const Wide above = Wide(quote.bank_rate.rate_e10()) - quote.mid.rate_e10();
    const Wide doubled = (above < 0 ? Wide(-above) : above) * 2'000'000 / quote.mid.rate_e10();
    const auto rounded = static_cast<std::int64_t>((doubled + 1) / 2);
    return above < 0 ? -rounded : rounded;
}

std::string above_mid_bp(const Quote& quote) {
    const std::int64_t e2 = spread_to_mid_e2bp(quote);
    const std::int64_t whole = e2 < 0 ? -e2 : e2;
    const std::string rest = std::to_string(whole % 100);
    return (e2 < 0 ? "-" : "") + std::to_string(whole / 100) + "." + (rest.size() == 1 ? "0" : "") + rest;
}

}  // namespace huiqiao::fx
