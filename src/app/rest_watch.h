#pragma once
// Whether several processes on one stepped clock have come to rest, by what each says of itself, one look after
// another: all idle at this instant, and idle still when each has gone whole rounds with nothing done in them. It waits
// for as long as anything is done anywhere, so that a slow machine is only slow; where nothing at all is done for a
// while and somebody is not idle, they are stuck. Asks nobody and knows no clock.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "src/base/clock.h"

namespace huiqiao::app {

/// What a process says of itself.
struct ProcessStanding {
    std::int64_t idle_at_us = 0;  // the instant at which it had nothing to do; 0: it is busy
    std::int64_t rounds = 0;      // that its workers went
    std::int64_t done = 0;        // things

    bool operator==(const ProcessStanding&) const = default;
};

enum class Rest { Waits, Rests, Stuck };

class RestWatch {
 public:
    /// now: of the stepped clock; patience: of the machine's time, with nothing done.
    RestWatch(Instant now, Monotonic began, std::chrono::seconds patience)
        : now_us_(to_us(now)), progress_at_(began), patience_(patience) {}

    /// By name; none where it did not answer.
    Rest look(const std::map<std::string, std::optional<ProcessStanding>>& seen, Monotonic at);
    /// Who was not at rest when it was looked last.
    [[nodiscard]] const std::string& busy() const { return busy_; }

 private:
    using Seen = std::map<std::string, std::optional<ProcessStanding>>;
    [[nodiscard]] bool has_moved(const Seen& seen) const;
    [[nodiscard]] bool is_over(const Seen& seen) const;

    std::int64_t now_us_;
    Monotonic progress_at_;
    std::chrono::seconds patience_;
    Seen last_;
    Seen quiet_;  // as all were first found idle, with nothing done since
    std::string busy_;
};

}  // namespace huiqiao::app
