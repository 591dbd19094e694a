#pragma once
// What no bank's word is taken for, by whichever way it came: figures of one deal that do not agree with each other, a
// price of another scale (per 100 told for per 1), and a price far better than it was asked by, which no bank means and
// which would give to the first orders what others paid for. Pure. What is done with such a word is its reader's.

#include "fx/purchase.h"

namespace huiqiao::fx {

/// One side is the other at the rate, to a unit of the bank's rounding.
bool agrees(const Deal& deal);

/// Ten times off or more, either way.
bool is_of_other_scale(const Rate& given, const Rate& shown);

/// CNY for a unit less than it was asked by, by more than so many basis points of that. Of one pair; of two, false.
bool is_too_good(const Rate& given, const Rate& asked, int guard_bp);

/// By its two amounts: better than was agreed by more than so many basis points, or of another scale, either way, where
/// nobody can say which of its figures is meant. A unit of rounding on either side is no difference.
bool is_far_off(const Deal& deal, const Rate& agreed, int guard_bp);

}  // namespace huiqiao::fx
