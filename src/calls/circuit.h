#pragma once
// One counterparty's fuse: after five calls in a row without an answer nothing is sent for a growing time, then one
// call tries whether it is back, a query rather than a payout (XCT-10). Pure; one worker's own.

#include <chrono>

#include "src/base/clock.h"
#include "src/base/random.h"

namespace huiqiao::calls {

class Circuit {
 public:
    static constexpr int kFailuresToOpen = 5;

    /// How many calls more may leave now, when this many are under way and at most `limit` may be.
    [[nodiscard]] int room(Monotonic now, int under_way, int limit) const;
    /// True while one call alone may try.
    [[nodiscard]] bool is_trying(Monotonic now) const { return failures_ >= kFailuresToOpen && now >= closed_until_; }
    void answered();
    /// A call that left before the fuse blew says nothing new when it fails behind it: one burst is one pause.
    void failed(Monotonic started, Monotonic now, Random& random);

 private:
    int failures_ = 0;
    int openings_ = 0;
    Monotonic opened_at_{0};
    Monotonic closed_until_{0};
};

}  // namespace huiqiao::calls
