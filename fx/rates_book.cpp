#include "fx/rates_book.h"

#include <algorithm>

#include "fx/rate_distance.h"

namespace huiqiao::fx {

namespace {

std::string pair_text(const Rate& rate) {
    return std::string(rate.base().code()) + "/" + std::string(rate.quote().code());
}

/// What the mid is measured against: the bank's own last one, else the parity.
const Rate* reference_of(const std::optional<Rate>& good_mid, const std::optional<Rate>& parity) {
    if (good_mid) return &*good_mid;
    return parity ? &*parity : nullptr;
}

Error wrong_scale(const Rate& rate, const Rate& reference) {
    return Error(fx_error::kWrongScale,
                 {{"pair", pair_text(rate)}, {"rate", rate.per_one()}, {"reference", reference.per_one()}});
}

/// Told first: a price of another scale is also crossed or moved, but that is not what is wrong with it.
Status check_scale(const BoardLine& line, const Rate* reference) {
    for (const Rate* side : {&line.selling, &line.buying}) {
        if (is_one_pair(*side, line.mid) && is_hundredfold(*side, line.mid)) return wrong_scale(*side, line.mid);
    }
    if (reference != nullptr && is_one_pair(line.mid, *reference) && is_hundredfold(line.mid, *reference))
        return wrong_scale(line.mid, *reference);
    return Done{};
}

/// More is better for the one who deals.
bool is_better(const BestPrice& one, const BestPrice& other, const DealWish& wish) {
    const bool is_cny_fixed = wish.fixed.currency() == one.cny.currency();
    const bool buys = wish.side == DealSide::Buy;
    // Of what floats, the one who buys wants more currency or to pay less CNY; who sells back, the reverse.
    const auto gain = [&](const BestPrice& best) {
        const std::int64_t floating = is_cny_fixed ? best.foreign.minor() : best.cny.minor();
        return is_cny_fixed == buys ? floating : -floating;
    };
    if (gain(one) != gain(other)) return gain(one) > gain(other);
    if (one.price->valid_until != other.price->valid_until) return one.price->valid_until > other.price->valid_until;
    return one.price->bank < other.price->bank;
}

}  // namespace

RatesBook::RatesBook(BookRules rules, std::map<std::string, BankTerms> terms)
    : rules_(rules), terms_(std::move(terms)) {}

RatesBook::Pair& RatesBook::pair_of(Currency currency) {
    const auto found =
        std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return pair.currency == currency; });
    if (found != pairs_.end()) return *found;
    return pairs_.emplace_back(Pair{currency, std::nullopt, {}});
}

RatesBook::Standing& RatesBook::standing_of(Pair& pair, std::string_view bank) {
    const auto found = std::find_if(pair.banks.begin(), pair.banks.end(),
                                    [&](const Standing& standing) { return standing.bank == bank; });
    if (found != pair.banks.end()) return *found;
    const auto terms = terms_.find(std::string(bank));
    return pair.banks.emplace_back(Standing{std::string(bank), terms == terms_.end() ? &free_ : &terms->second,
                                            std::nullopt, std::nullopt, false});
}

void RatesBook::know_mid(std::string_view bank, const Rate& mid, bool by_persons) {
    Standing& standing = standing_of(pair_of(mid.base()), bank);
    standing.good_mid = mid;
    standing.is_by_persons = by_persons;
}

void RatesBook::know_parity(const Rate& parity) {
    pair_of(parity.quote().code() == "CNY" ? parity.base() : parity.quote()).parity = parity;
}

Status RatesBook::judge(const Pair& pair, const Standing& standing, const BoardLine& line,
                        const Arrival& arrival) const {
    const Rate* reference = reference_of(standing.good_mid, pair.parity);
    if (const Status scaled = check_scale(line, reference); !scaled) return scaled;
    const Status in_order = check_board_line(line, standing.good_mid, rules_.max_move_bp, rules_.max_spread_bp);
    if (!in_order) return in_order;
    if (pair.parity && !standing.is_by_persons && !is_within(line.mid, *pair.parity, rules_.max_off_parity_bp)) {
        return Error(fx_error::kOffParity, {{"pair", pair_text(line.mid)},
                                            {"rate", line.mid.per_one()},
                                            {"bp", std::to_string(rules_.max_off_parity_bp)},
                                            {"reference", pair.parity->per_one() + " " + pair_text(*pair.parity)}});
    }
    if (arrival.valid_until <= arrival.received_at) {
        return Error(fx_error::kStaleRate, {{"pair", pair_text(line.mid)}, {"until", rfc3339(arrival.valid_until)}});
    }
    if (standing.price && arrival.received_at < standing.price->received_at) {
        return Error(fx_error::kLateRate,
                     {{"pair", pair_text(line.mid)}, {"since", rfc3339(standing.price->received_at)}});
    }
    return Done{};
}

Status RatesBook::take(std::string_view bank, const BoardLine& line, Arrival arrival) {
    Pair& pair = pair_of(line.mid.base());
    Standing& standing = standing_of(pair, bank);
    if (const Status good = judge(pair, standing, line, arrival); !good) return good;
    standing.is_by_persons =
        standing.is_by_persons && pair.parity && !is_within(line.mid, *pair.parity, rules_.max_off_parity_bp);
    standing.good_mid = line.mid;
    standing.price = BookPrice{standing.bank, std::move(arrival.quote_id), line.buying,         line.selling,
                               line.mid,      arrival.received_at,         arrival.valid_until, arrival.value_date};
    return Done{};
}

void RatesBook::put(const Quote& quote) {
    Standing& standing = standing_of(pair_of(quote.currency()), quote.bank);
    standing.price.reset();
    if (quote.state != QuoteState::Open) return;
    standing.price = BookPrice{quote.bank,        quote.id,        quote.buying.value_or(quote.mid),
                               quote.bank_rate,   quote.mid,       quote.received_at,
                               quote.valid_until, quote.value_date};
}

bool RatesBook::is_by_persons(std::string_view bank, Currency currency) const {
    for (const Pair& pair : pairs_) {
        if (pair.currency != currency) continue;
        for (const Standing& standing : pair.banks) {
            if (standing.bank == bank) return standing.is_by_persons;
        }
    }
    return false;
}

std::optional<BestPrice> RatesBook::offer_of(const Standing& standing, const DealWish& wish) {
    const BookPrice& price = *standing.price;
    const bool buys = wish.side == DealSide::Buy;
    const Rate& rate = buys ? price.selling : price.buying;
    const bool is_cny_fixed = wish.fixed.currency() == rate.quote();
    const BankTerms& terms = *standing.terms;
    const auto is_too_large = [&](const Money& cny_amount) {
        return terms.largest_deal && cny_amount > *terms.largest_deal;
    };
    // What we are owed is rounded down, what we owe up: a comparison must not promise more than comes.
    const Rounding rounding = is_cny_fixed == buys ? Rounding::Down : Rounding::Up;
    if (is_cny_fixed) {
        const Money fee = terms.fee_of(wish.fixed);
        const Money deal = buys ? wish.fixed - fee : wish.fixed + fee;
        if (!deal.is_positive() || is_too_large(wish.fixed)) return std::nullopt;
        const Result<Money> foreign = convert(deal, rate, rounding);
        if (!foreign || !foreign->is_positive()) return std::nullopt;
        return BestPrice{&price, wish.fixed, *foreign, fee};
    }
    const Result<Money> deal = convert(wish.fixed, rate, rounding);
    if (!deal || !deal->is_positive() || is_too_large(*deal)) return std::nullopt;
    const Money fee = terms.fee_of(*deal);
    const Money in_all = buys ? *deal + fee : *deal - fee;
    if (!in_all.is_positive()) return std::nullopt;
    return BestPrice{&price, in_all, wish.fixed, fee};
}

bool RatesBook::can_be_paid(const BestPrice& offer, const DealWish& wish) {
    if (wish.side != DealSide::Buy || wish.payable == nullptr) return true;
    const auto most = wish.payable->find(offer.price->bank);
    return most == wish.payable->end() || offer.cny <= most->second;
}

std::optional<BestPrice> RatesBook::best(const DealWish& wish) const {
    std::optional<BestPrice> best;
    for (const Pair& pair : pairs_) {
        if (pair.currency != wish.currency) continue;
        for (const Standing& standing : pair.banks) {
            if (!standing.price || standing.price->valid_until <= wish.now + wish.life) continue;
            if (wish.value_date && standing.price->value_date && *standing.price->value_date != *wish.value_date)
                continue;
            if (wish.closed != nullptr && wish.closed->contains(standing.bank)) continue;
            const std::optional<BestPrice> offer = offer_of(standing, wish);
            if (offer && !can_be_paid(*offer, wish)) continue;
            if (offer && (!best || is_better(*offer, *best, wish))) best = offer;
        }
    }
    return best;
}

}  // namespace huiqiao::fx
