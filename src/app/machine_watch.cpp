#include "src/app/machine_watch.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

namespace huiqiao::app {

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::optional<Descriptors> descriptors_now() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
    std::error_code no_more;
    const std::filesystem::directory_iterator open("/proc/self/fd", no_more);
    if (no_more) return std::nullopt;
    Descriptors now;
    now.limit = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, INT64_MAX));
    now.open = std::distance(begin(open), end(open)) - 1;  // the one by which it was looked
    return now;
}

MachineWatch::MachineWatch(const Clock& clock, bool watch_clock,
                           std::function<std::optional<Descriptors>()> descriptors)
    : clock_(clock), watch_clock_(watch_clock), descriptors_(std::move(descriptors)) {}

void MachineWatch::look() {
    if (!watch_clock_) return;
    const Monotonic monotonic = clock_.monotonic();
    const std::chrono::microseconds offset = clock_.now().time_since_epoch() - monotonic;
    const auto moved = std::chrono::duration_cast<std::chrono::seconds>(offset - offset_);
    if (looked_ && (moved >= kJump || moved <= -kJump)) {
        ++jumps_;
        last_jump_s_ = moved.count();
        jumped_at_us_ = monotonic.count();
    }
    looked_ = true;
    offset_ = offset;
}

std::vector<Error> MachineWatch::warnings() const {
    std::vector<Error> found;
    const std::optional<Descriptors> now = descriptors_();
    if (!now || now->are_scarce()) {
        found.emplace_back(app_error::kTooFewDescriptors, std::vector<std::pair<std::string, std::string>>{
                                                              {"open", now ? std::to_string(now->open) : "all"},
                                                              {"limit", now ? std::to_string(now->limit) : "all"}});
    }
    if (jumps_ > 0 && clock_.monotonic() - Monotonic(jumped_at_us_.load()) < kTold) {
        found.emplace_back(app_error::kClockJumped, std::vector<std::pair<std::string, std::string>>{
                                                        {"seconds", std::to_string(last_jump_s_.load())}});
    }
    return found;
}

}  // namespace huiqiao::app
