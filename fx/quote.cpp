#include "fx/quote.h"

#include <boost/multiprecision/cpp_int.hpp>

namespace huiqiao::fx {

namespace {

using Wide = boost::multiprecision::checked_int128_t;

std::string pair_of(const Rate& rate) {
    return std::string(rate.base().code()) + "/" + std::string(rate.quote().code());
}

/// |a - b| <= b * bp / 10000, exact.
bool is_within(const Rate& a, const Rate& b, int bp) {
    const Wide difference = Wide(a.rate_e10()) - Wide(b.rate_e10());
    return (difference < 0 ? Wide(-difference) : difference) * 10'000 <= Wide(b.rate_e10()) * bp;
}

}  // namespace

Result<Rate> client_rate(const Rate& bank_rate, int markup_bp, bool markup_allowed) {
    if (markup_bp == 0) return bank_rate;
    if (markup_bp < 0 || !markup_allowed) {
        return Error(fx_error::kMarkupForbidden, {{"bp", std::to_string(markup_bp)}});
    }
    const Wide marked = (Wide(bank_rate.rate_e10()) * (10'000 + markup_bp) + 5'000) / 10'000;
    if (marked > std::numeric_limits<std::int64_t>::max())
        return Error(base_error::kBadRate, {{"text", bank_rate.text()}});
    const auto e10 = static_cast<std::int64_t>(marked);
    const Rate bare = Rate::of_stored(bank_rate.base(), bank_rate.quote(), 1, e10, "");
    return Rate::of_stored(bank_rate.base(), bank_rate.quote(), 1, e10, bare.per_one());
}

Status check_board_line(const BoardLine& line, const std::optional<Rate>& last_good_mid, int max_move_bp,
                        int max_spread_bp) {
    const auto same_pair = [&](const Rate& rate) {
        return rate.base() == line.mid.base() && rate.quote() == line.mid.quote();
    };
    const bool is_ordered =
        line.buying.rate_e10() <= line.mid.rate_e10() && line.mid.rate_e10() <= line.selling.rate_e10();
    if (!same_pair(line.buying) || !same_pair(line.selling) || line.mid.quote().code() != "CNY" || !is_ordered ||
        !is_within(line.selling, line.mid, max_spread_bp)) {
        return Error(fx_error::kInvertedBoard, {{"pair", pair_of(line.mid)},
                                                {"buying", line.buying.per_one()},
                                                {"mid", line.mid.per_one()},
                                                {"selling", line.selling.per_one()}});
    }
    if (last_good_mid && !is_within(line.mid, *last_good_mid, max_move_bp)) {
        return Error(fx_error::kRateMoved, {{"pair", pair_of(line.mid)},
                                            {"rate", line.mid.per_one()},
                                            {"bp", std::to_string(max_move_bp)},
                                            {"reference", last_good_mid->per_one()}});
    }
    if (!line.tradable) return Error(fx_error::kNotTradable, {{"pair", pair_of(line.mid)}});
    return Done{};
}

}  // namespace huiqiao::fx
