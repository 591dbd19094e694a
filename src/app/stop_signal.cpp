#include "src/app/stop_signal.h"

#include <pthread.h>
#include <signal.h>

namespace huiqiao::app {

namespace {
sigset_t stop_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    return set;
}
}  // namespace

void block_stop_signals() {
    const sigset_t set = stop_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop_signal() {
    const sigset_t set = stop_signals();
    int received = 0;
    ::sigwait(&set, &received);
}

bool stop_signal_within(std::chrono::milliseconds time) {
    const sigset_t signals = stop_signals();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec most{static_cast<time_t>(seconds.count()),
                        static_cast<long>(std::chrono::nanoseconds(time - seconds).count())};
    return sigtimedwait(&signals, nullptr, &most) > 0;
}

}  // namespace huiqiao::app
