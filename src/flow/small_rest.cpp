#include "src/flow/small_rest.h"

#include <algorithm>

namespace huiqiao::flow {

bool is_small_rest(const ConvertParts& parts, const Money& cny, const Rate& rate) {
    if (!cny.is_positive()) return false;
    const Money one = Money::of_minor(rate.base(), 1);
    const std::string code(rate.base().code());
    return std::none_of(parts.settings.banks.begin(), parts.settings.banks.end(), [&](const auto& entry) {
        const ConvertSettings::BankAccounts& bank = entry.second;
        const Money left = cny - bank.terms.fee_of(cny);
        if (!bank.foreign.contains(code) || !left.is_positive()) return false;
        const Result<Money> bought = convert(left, rate, Rounding::Down);
        return !bought || *bought > one;
    });
}

}  // namespace huiqiao::flow
