#include "fx/held_lock_left.h"

#include "fx/exposure_line.h"

namespace huiqiao::fx {

void add(CurrencyExposure& exposure, const LeftOfLock& one) {
    if (!one.left.is_positive()) return;
    const bool is_cny = one.left.currency() == one.rate.quote();
    const Result<Money> bought = is_cny ? convert(one.left, one.rate, Rounding::Down) : Result<Money>(one.left);
    if (!bought || !bought->is_positive()) return;
    ValueDateExposure& line = line_of(exposure, one.value_date);
    line.locked_cny += cost_of(one.left, one.rate);
    line.locked += *bought;
}

}  // namespace huiqiao::fx
