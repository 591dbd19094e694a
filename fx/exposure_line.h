#pragma once
// The line of a value date in a currency's exposure, for whoever adds to it. Pure.

#include "fx/exposure.h"

namespace huiqiao::fx {

/// Made, with nothing in it, where it is the first of that date; lines stay in order of their dates.
ValueDateExposure& line_of(CurrencyExposure& exposure, const Date& value_date);

}  // namespace huiqiao::fx
