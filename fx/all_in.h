#pragma once
// What an actual amount costs at each bank all-in, whichever side of the deal is fixed: what is paid in CNY with the
// bank's own fee, what is bought, and why a bank cannot be taken. For a fixed CNY amount these are the figures by which
// the desk chooses (desk.h). It asks nobody, holds nothing and promises nothing: quotes are what banks said before.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "fx/desk.h"

namespace huiqiao::fx {

struct AllIn {
    Quote quote;
    Unfit unfit = Unfit::No;
    Money fee;      // CNY
    Money cny;      // paid, the fee included; zero where the rate gives no such amount
    Money foreign;  // bought
};

/// fixed: CNY, or the currency of all the quotes. Those that can be taken first, best all-in first; then as compare()
/// orders. What a bank gives is rounded down, what it takes up.
std::vector<AllIn> all_in(std::span<const Quote> quotes, const std::map<std::string, BankTerms>& terms,
                          const Money& fixed, Instant now);

/// CNY paid for one unit of the currency, fee included, half up to six decimals: "7.169240". Empty where nothing is
/// bought or paid.
std::string all_in_rate(const AllIn& offer);

/// By how much the offer is worse than the best: CNY more where the foreign side is fixed, else currency less. Zero for
/// the best, and for one as good.
Money behind(const AllIn& offer, const AllIn& best, const Money& fixed);

}  // namespace huiqiao::fx
