#pragma once
// What a piece of work took: the time that passed, and the CPU time of this process for it. On a machine that others
// use too, the second says more of the program than the first.

#include "src/base/clock.h"

namespace huiqiao::app {

struct Spent {
    Monotonic wall{0};
    Monotonic cpu{0};

    /// Since some moment that means nothing: for differences.
    static Spent until_now();

    Spent& operator+=(const Spent& more) {
        wall += more.wall;
        cpu += more.cpu;
        return *this;
    }
    Spent& operator-=(const Spent& less) {
        wall -= less.wall;
        cpu -= less.cpu;
        return *this;
    }
    friend Spent operator-(Spent from, const Spent& less) { return from -= less; }
};

}  // namespace huiqiao::app
