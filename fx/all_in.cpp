#include "fx/all_in.h"

#include <boost/multiprecision/cpp_int.hpp>

namespace huiqiao::fx {

namespace {

using Wide = boost::multiprecision::checked_int128_t;

Wide power_of_ten(int digits) {
    Wide power = 1;
    for (int i = 0; i < digits; ++i) power *= 10;
    return power;
}

}  // namespace

std::string all_in_rate(const Offer& offer) {
    if (!offer.foreign.is_positive() || !offer.cny.is_positive()) return "";
    const Wide above = Wide(offer.cny.minor()) * power_of_ten(6 + offer.foreign.currency().digits()) * 2 +
                       Wide(offer.foreign.minor()) * 100;
    const Wide e6 = above / (Wide(offer.foreign.minor()) * 200);
    std::string decimals = Wide(e6 % 1'000'000).str();
    decimals.insert(0, 6 - decimals.size(), '0');
    return Wide(e6 / 1'000'000).str() + "." + decimals;
}

Money behind(const Offer& offer, const Offer& best, const Money& fixed) {
    return fixed.currency().code() == "CNY" ? best.foreign - offer.foreign : offer.cny - best.cny;
}

}  // namespace huiqiao::fx
