#include "fx/split.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <optional>

#include "src/base/planted.h"

namespace huiqiao::fx {

namespace {

using Terms = std::map<std::string, BankTerms>;

Money none() {
    return Money::zero(Currency::known("CNY"));
}

/// More foreign currency for the same CNY; of two that are alike, the larger part.
bool is_cheaper(const DealPart& part, const DealPart& other) {
    using Wide = boost::multiprecision::checked_int128_t;
    const Offer& a = part.offers.front();
    const Offer& b = other.offers.front();
    const Wide of_part = Wide(a.foreign.minor()) * b.cny.minor();
    const Wide of_other = Wide(b.foreign.minor()) * a.cny.minor();
    const bool is_more = is_planted(Bug::DearerBank) ? of_part < of_other : of_part > of_other;
    return of_part == of_other ? part.cny > other.cny : is_more;
}

/// All-in, by more than so many basis points; a minor unit that rounding took makes nothing dearer.
bool is_too_dear(const DealPart& part, const DealPart& first, int most_bp) {
    using Wide = boost::multiprecision::checked_int128_t;
    const Offer& a = part.offers.front();
    const Offer& b = first.offers.front();
    const Wide here = Wide(a.cny.minor()) * b.foreign.minor();
    const Wide there = Wide(b.cny.minor()) * (a.foreign.minor() + 1);
    return here * 10'000 > there * (10'000 + most_bp);
}

/// What is left to be bought, and with what.
class Left {
 public:
    Left(std::span<const Money> amounts, std::span<const Quote> quotes, const Terms& terms, const SplitNeed& need)
        : amounts_(amounts), quotes_(quotes.begin(), quotes.end()), terms_(terms), need_(need) {
        for (std::size_t i = 0; i < amounts.size(); ++i) waiting_.push_back(i);
    }

    /// The cheapest of the parts that a bank each could take; nullopt: none can. A bank that another one undercuts for
    /// its own part leaves it to that one, whose part is as large as it can be.
    [[nodiscard]] std::optional<DealPart> cheapest() const {
        std::optional<DealPart> best;
        for (const auto& [bank, part] : parts()) {
            const bool is_undercut = part.offers.front().quote.bank != bank;
            if (!is_undercut && (!best || is_cheaper(part, *best))) best = part;
        }
        return best ? best : largest();
    }
    /// The part that leaves the least CNY behind, and of those the cheapest.
    [[nodiscard]] std::optional<DealPart> largest() const {
        std::optional<DealPart> best;
        for (const auto& [bank, part] : parts()) {
            const bool is_as_large = best && part.cny == best->cny;
            if (!best || part.cny > best->cny || (is_as_large && is_cheaper(part, *best))) best = part;
        }
        return best;
    }

    void take(const DealPart& part) {
        const std::string& bank = part.offers.front().quote.bank;
        for (Quote& quote : quotes_) {
            if (quote.bank == bank) quote.state = QuoteState::Used;
        }
        const std::string& account = need_.paid_from.at(bank);
        for (auto& [name, free] : need_.free) {
            if (need_.paid_from.at(name) == account) free -= part.cny;
        }
        std::vector<std::size_t> left;
        std::set_difference(waiting_.begin(), waiting_.end(), part.places.begin(), part.places.end(),
                            std::back_inserter(left));
        waiting_ = std::move(left);
    }

 private:
    [[nodiscard]] Money most_at(const std::string& bank) const {
        const Money& free = need_.free.at(bank);
        const auto of_bank = terms_.find(bank);
        if (of_bank == terms_.end() || !of_bank->second.largest_deal || is_planted(Bug::LimitIgnored)) return free;
        return std::min(free, *of_bank->second.largest_deal);
    }

    /// By bank: first paid first, as much as it takes, and who is the cheapest for that very amount.
    [[nodiscard]] std::map<std::string, DealPart> parts() const {
        std::map<std::string, DealPart> parts;
        for (const Quote& quote : quotes_) {
            if (!is_usable(quote, need_.now, need_.life)) continue;
            DealPart part = filled(most_at(quote.bank));
            if (part.places.empty()) continue;
            part.offers = compare(quotes_, terms_, {part.cny, need_.now, need_.life, need_.free});
            if (part.offers.front().unfit == Unfit::No) parts.emplace(quote.bank, std::move(part));
        }
        return parts;
    }
    [[nodiscard]] DealPart filled(const Money& most) const {
        DealPart part{{}, none(), {}};
        for (const std::size_t place : waiting_) {
            if (!amounts_[place].is_positive() || part.cny + amounts_[place] > most) continue;
            part.cny += amounts_[place];
            part.places.push_back(place);
        }
        return part;
    }

    std::span<const Money> amounts_;
    std::vector<Quote> quotes_;
    const Terms& terms_;
    SplitNeed need_;
    std::vector<std::size_t> waiting_;
};

struct Bought {
    Money cny = none();
    std::int64_t foreign_minor = 0;

    void add(const DealPart& part) {
        cny += part.cny;
        foreign_minor += part.offers.front().foreign.minor();
    }
};

}  // namespace

std::vector<DealPart> split_over_banks(std::span<const Money> amounts, std::span<const Quote> quotes,
                                       const Terms& terms, const SplitNeed& need) {
    Left left(amounts, quotes, terms, need);
    std::optional<DealPart> alone = left.largest();
    std::vector<DealPart> parts;
    Bought together;
    while (std::optional<DealPart> part = left.cheapest()) {
        if (!parts.empty() && is_too_dear(*part, parts.front(), need.most_dearer_bp)) break;
        left.take(*part);
        together.add(*part);
        parts.push_back(std::move(*part));
    }
    if (parts.empty() || is_too_dear(*alone, parts.front(), need.most_dearer_bp)) return parts;
    Bought at_one;
    at_one.add(*alone);
    if (at_one.cny > together.cny || (at_one.cny == together.cny && at_one.foreign_minor >= together.foreign_minor)) {
        parts.clear();
        parts.push_back(std::move(*alone));
    }
    return parts;
}

}  // namespace huiqiao::fx
