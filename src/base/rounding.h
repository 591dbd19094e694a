#pragma once
// How an exact quotient becomes a whole number of minor units. An explicit argument, never a default: the caller
// says which side a rounding favours. All amounts here are positive, so Down is toward zero.

namespace huiqiao {

enum class Rounding {
    Down,      // what we pay out of somebody's money: never more than there is
    Up,        // what must be covered: never less than it costs
    HalfUp,    // bank amounts (Chinese banks)
    HalfEven,  // accounting
};

}  // namespace huiqiao
