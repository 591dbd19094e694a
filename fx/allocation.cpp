#include "fx/allocation.h"

#include <algorithm>

#include "src/base/planted.h"

namespace huiqiao::fx {

namespace {

Error bad(const Money& cny, const Money& foreign, std::string why) {
    return Error(fx_error::kBadAllocation, {{"cny", cny.text() + " " + std::string(cny.currency().code())},
                                            {"foreign", foreign.text() + " " + std::string(foreign.currency().code())},
                                            {"why", std::move(why)}});
}

/// Shares of the amount by weights; all zero where the amount is zero.
std::vector<Money> shares_of(const Money& amount, const std::vector<std::int64_t>& weights) {
    if (amount.is_zero()) return std::vector<Money>(weights.size(), Money::zero(amount.currency()));
    return amount.split(weights);
}

std::vector<std::int64_t> minors(const std::vector<AllocationShare>& shares, Money AllocationShare::*of) {
    std::vector<std::int64_t> weights;
    weights.reserve(shares.size());
    for (const AllocationShare& share : shares) weights.push_back((share.*of).minor());
    return weights;
}

/// Without promises: what each line pays is known first, and the foreign currency follows it.
void share_by_cny(const Money& dealt_cny, const Money& dealt_foreign, std::span<const AllocationLine> lines, bool whole,
                  std::vector<AllocationShare>& shares) {
    if (whole) {
        std::vector<std::int64_t> put_in;
        put_in.reserve(lines.size());
        for (const AllocationLine& line : lines) put_in.push_back(line.put_in.minor());
        // The deal costs no more than was put in, so no share is above its line's money: a unit of the remainder goes
        // only to a line whose exact share has a fraction.
        const std::vector<Money> paid = dealt_cny.split(put_in);
        for (std::size_t i = 0; i < lines.size(); ++i) shares[i].cny = paid[i];
    } else {
        Money left = dealt_cny;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            shares[i].cny = std::min(lines[i].put_in, left);
            left -= shares[i].cny;
        }
    }
    const std::vector<Money> got = dealt_foreign.split(minors(shares, &AllocationShare::cny));
    for (std::size_t i = 0; i < lines.size(); ++i) shares[i].foreign = got[i];
    if (is_planted(Bug::RemainderOfDealLost) && lines.size() > 1)
        shares[0].foreign -= Money::of_minor(dealt_foreign.currency(), 1);
}

/// What a whole deal leaves after its promises goes to the lines without one, by what they put in.
Status promise_whole(const Money& dealt_cny, const Money& dealt_foreign, std::span<const AllocationLine> lines,
                     std::vector<AllocationShare>& shares) {
    Money left = dealt_foreign;
    std::vector<std::int64_t> weights;
    weights.reserve(lines.size());
    bool somebody_takes = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].promised) {
            shares[i].foreign = *lines[i].promised;
            left -= shares[i].foreign;
        }
        weights.push_back(lines[i].promised ? 0 : lines[i].put_in.minor());
        somebody_takes = somebody_takes || weights.back() > 0;
    }
    if (left.is_negative()) return bad(dealt_cny, dealt_foreign, "the promises exceed it");
    if (left.is_zero()) return Done{};
    if (!somebody_takes) return bad(dealt_cny, dealt_foreign, "foreign currency is left that nobody was promised");
    const std::vector<Money> got = left.split(weights);
    for (std::size_t i = 0; i < lines.size(); ++i) shares[i].foreign += got[i];
    return Done{};
}

/// Lines with promises: the foreign amount is known first, and what each pays follows it, at most what it put in.
Status share_by_promise(const Money& dealt_cny, const Money& dealt_foreign, std::span<const AllocationLine> lines,
                        bool whole, std::vector<AllocationShare>& shares) {
    if (whole) {
        if (const Status shared = promise_whole(dealt_cny, dealt_foreign, lines, shares); !shared) return shared;
    } else {
        Money left = dealt_foreign;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].promised)
                return bad(dealt_cny, dealt_foreign, "a partial fill of lines with and without promises");
            shares[i].foreign = std::min(*lines[i].promised, left);
            left -= shares[i].foreign;
        }
        if (!left.is_zero()) return bad(dealt_cny, dealt_foreign, "a partial fill above its promises");
    }
    const std::vector<Money> cost = shares_of(dealt_cny, minors(shares, &AllocationShare::foreign));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        shares[i].cny = std::min(cost[i], lines[i].put_in);
        shares[i].borne = cost[i] - shares[i].cny;
    }
    return Done{};
}

Status check(const Money& dealt_cny, const Money& dealt_foreign, std::span<const AllocationLine> lines, bool promises) {
    if (!dealt_cny.is_positive() || !dealt_foreign.is_positive())
        return bad(dealt_cny, dealt_foreign, "it is not positive");
    Money put_in = Money::zero(dealt_cny.currency());
    for (const AllocationLine& line : lines) {
        if (line.put_in.is_negative()) return bad(dealt_cny, dealt_foreign, "a line put in less than nothing");
        if (line.promised && !line.promised->is_positive())
            return bad(dealt_cny, dealt_foreign, "a promise is not positive");
        put_in += line.put_in;
    }
    if (!promises && dealt_cny > put_in) return bad(dealt_cny, dealt_foreign, "it costs more than was put in");
    return Done{};
}

}  // namespace

Result<std::vector<AllocationShare>> allocate(const Money& dealt_cny, const Money& dealt_foreign,
                                              std::span<const AllocationLine> lines, bool whole) {
    const bool promises =
        std::any_of(lines.begin(), lines.end(), [](const AllocationLine& line) { return line.promised.has_value(); });
    if (const Status good = check(dealt_cny, dealt_foreign, lines, promises); !good) return good.error();

    const Money no_cny = Money::zero(dealt_cny.currency());
    const Money no_foreign = Money::zero(dealt_foreign.currency());
    std::vector<AllocationShare> shares(lines.size(), AllocationShare{no_cny, no_foreign, no_cny, no_cny, no_cny});
    if (promises) {
        if (const Status shared = share_by_promise(dealt_cny, dealt_foreign, lines, whole, shares); !shared)
            return shared.error();
    } else {
        share_by_cny(dealt_cny, dealt_foreign, lines, whole, shares);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Money over = lines[i].put_in - shares[i].cny;
        const bool served = whole || (lines[i].promised && shares[i].foreign == *lines[i].promised);
        (served ? shares[i].rest : shares[i].back) = over;
    }
    return shares;
}

}  // namespace huiqiao::fx
