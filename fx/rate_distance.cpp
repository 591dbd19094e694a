#include "fx/rate_distance.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <limits>

namespace huiqiao::fx {

namespace {

using Wide = boost::multiprecision::int256_t;

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kOne = 10'000'000'000;  // 10^Rate::kScale

bool is_same_way(const Rate& a, const Rate& b) {
    return a.base() == b.base() && a.quote() == b.quote();
}

bool is_about(std::int64_t ratio_e6, std::int64_t wanted_e6) {
    return ratio_e6 > wanted_e6 / 4 * 3 && ratio_e6 < wanted_e6 / 4 * 5;
}

}  // namespace

bool is_one_pair(const Rate& a, const Rate& b) {
    return is_same_way(a, b) || (a.base() == b.quote() && a.quote() == b.base());
}

std::int64_t ratio_e6(const Rate& a, const Rate& b) {
    if (!is_one_pair(a, b)) throw LogicError("rates of two pairs were compared");
    // a / (1 / b) is a * b: both are at scale 10.
    const Wide ratio = is_same_way(a, b) ? Wide(a.rate_e10()) * kMillion / b.rate_e10()
                                         : Wide(a.rate_e10()) * b.rate_e10() * kMillion / kOne / kOne;
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    return ratio > kMost ? kMost : static_cast<std::int64_t>(ratio);
}

bool is_within(const Rate& a, const Rate& b, int bp) {
    if (is_same_way(a, b)) {
        // Exact: a price at the very edge is within.
        const Wide apart =
            a.rate_e10() > b.rate_e10() ? Wide(a.rate_e10()) - b.rate_e10() : Wide(b.rate_e10()) - a.rate_e10();
        return apart * 10'000 <= Wide(b.rate_e10()) * bp;
    }
    const std::int64_t ratio = ratio_e6(a, b);
    const std::int64_t most = std::int64_t{bp} * 100;
    return ratio >= kMillion - most && ratio <= kMillion + most;
}

bool is_hundredfold(const Rate& a, const Rate& b) {
    const std::int64_t ratio = ratio_e6(a, b);
    return is_about(ratio, kMillion * 100) || is_about(ratio, kMillion / 100);
}

}  // namespace huiqiao::fx
