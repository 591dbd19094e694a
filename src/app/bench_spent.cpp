#include "src/app/bench_spent.h"

#include <ctime>

namespace huiqiao::app {

Spent Spent::until_now() {
    timespec cpu{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return {SystemClock().monotonic(), Monotonic(cpu.tv_sec * 1'000'000 + cpu.tv_nsec / 1000)};
}

}  // namespace huiqiao::app
