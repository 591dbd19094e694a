#include "src/app/refresh.h"

#include <unistd.h>

#include <iostream>

#include "src/app/command_line.h"
#include "src/app/stop_signal.h"

namespace huiqiao::app {

namespace {

constexpr std::chrono::seconds kEvery{2};
constexpr const char* kClearScreen = "\033[H\033[2J";

}  // namespace

void begin_showing(bool watch) {
    if (watch && ::isatty(STDOUT_FILENO) == 1) std::cout << kClearScreen;
}

bool shows_anew(bool watch) {
    if (watch) {
        std::cout << '\n';
        say(std::cout, "Anew every two seconds; Ctrl-C ends it.", "每两秒刷新一次；按 Ctrl-C 结束。");
    }
    std::cout.flush();
    return watch && !stop_signal_within(kEvery);
}

}  // namespace huiqiao::app
