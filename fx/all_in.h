#pragma once
// Figures of offers (desk.h) for eyes: the price of a unit with the bank's fee in it, and how far an offer is behind
// the best.

#include <string>

#include "fx/desk.h"

namespace huiqiao::fx {

/// CNY paid for one unit of the currency, fee included, half up to six decimals: "7.169240". Empty where nothing is
/// bought or paid.
std::string all_in_rate(const Offer& offer);

/// By how much the offer is worse than the best: CNY more where the foreign side is fixed, else currency less. Zero for
/// the best, and for one as good.
Money behind(const Offer& offer, const Offer& best, const Money& fixed);

}  // namespace huiqiao::fx
