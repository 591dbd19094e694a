#pragma once
// How far two prices of one pair lie apart, whichever way round each of them is written: the central parity of some
// currencies is published as so much of it for CNY 1. Nothing is inverted: prices that stand the other way round are
// multiplied. It judges nothing.

#include <cstdint>

#include "src/base/rate.h"

namespace huiqiao::fx {

/// Of one pair, in either orientation.
bool is_one_pair(const Rate& a, const Rate& b);

/// How many times `a` is `b`, in millionths, for one and the same orientation: 1,000,000 where they are equal. Rounded
/// down; LogicError on two pairs.
std::int64_t ratio_e6(const Rate& a, const Rate& b);

/// |a - b| is at most so many basis points of b.
bool is_within(const Rate& a, const Rate& b, int bp);

/// As when a price per 1 is taken for one per 100, or the other way about: a hundred times off, to a quarter.
bool is_hundredfold(const Rate& a, const Rate& b);

}  // namespace huiqiao::fx
