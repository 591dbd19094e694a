#include "src/app/rest_watch.h"

#include <algorithm>

namespace huiqiao::app {

namespace {

constexpr std::int64_t kWholeRounds = 2;

}  // namespace

/// Rounds alone are no progress: workers go round with nothing to do.
bool RestWatch::has_moved(const Seen& seen) const {
    return std::any_of(seen.begin(), seen.end(), [&](const auto& process) {
        const auto before = last_.find(process.first);
        if (before == last_.end() || before->second.has_value() != process.second.has_value()) return true;
        return process.second && (process.second->done != before->second->done ||
                                  process.second->idle_at_us != before->second->idle_at_us);
    });
}

bool RestWatch::is_over(const Seen& seen) const {
    return std::all_of(seen.begin(), seen.end(), [&](const auto& process) {
        return process.second->rounds >= quiet_.at(process.first)->rounds + kWholeRounds;
    });
}

Rest RestWatch::look(const Seen& seen, Monotonic at) {
    if (has_moved(seen)) {
        progress_at_ = at;
        quiet_.clear();
    }
    last_ = seen;
    const auto busy = std::find_if(seen.begin(), seen.end(), [&](const auto& process) {
        return !process.second || process.second->idle_at_us != now_us_;
    });
    if (busy != seen.end()) {
        busy_ = busy->first;
        quiet_.clear();
        return at < progress_at_ + patience_ ? Rest::Waits : Rest::Stuck;
    }
    if (quiet_.empty()) quiet_ = seen;
    // All are idle: that their rounds go on is a matter of the machine's time alone.
    return is_over(seen) ? Rest::Rests : Rest::Waits;
}

}  // namespace huiqiao::app
