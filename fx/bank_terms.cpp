#include "fx/bank_terms.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "src/base/planted.h"

namespace huiqiao::fx {

Money BankTerms::fee_of(const Money& deal_cny) const {
    using Wide = boost::multiprecision::checked_int128_t;
    const Wide share = (Wide(deal_cny.minor()) * fee_basis_points + 9'999) / 10'000;
    if (is_planted(Bug::BankFeeForgotten)) return Money::zero(flat_fee.currency());
    const Money fee = flat_fee + Money::of_minor(flat_fee.currency(), static_cast<std::int64_t>(share));
    return std::max(fee, least_fee);
}

Money BankTerms::bought_with(const Money& cny, const Rate& rate) const {
    const Money spent = cny - fee_of(cny);
    const Money none = Money::zero(rate.base());
    if (!spent.is_positive()) return none;
    const Result<Money> bought = convert(spent, rate, Rounding::Down);
    return bought ? *bought : none;
}

std::optional<Money> largest_deal_of(std::span<const BankTerms> banks) {
    std::optional<Money> most;
    for (const BankTerms& bank : banks) {
        if (!bank.largest_deal) return std::nullopt;
        if (!most || *most < *bank.largest_deal) most = bank.largest_deal;
    }
    return most;
}

}  // namespace huiqiao::fx
