#pragma once
// A process that the demo or a test starts and ends: killed with its parent, so that nothing is left running.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace huiqiao::app {

class ChildProcess {
 public:
    /// Output and errors go to the log file. Throws std::runtime_error where it cannot be started.
    ChildProcess(const std::vector<std::string>& command, const std::filesystem::path& log);
    ~ChildProcess();  // kill -9
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;

    [[nodiscard]] bool is_running();
    [[nodiscard]] pid_t pid() const { return pid_; }
    void kill();  // SIGKILL, and waits
    // Both give its exit code, or 128 + signal.
    int terminate();     // SIGTERM, and waits
    int wait_for_end();  // waits for its own end

 private:
    pid_t pid_ = -1;
};

/// The program that is running now.
std::filesystem::path own_program();

}  // namespace huiqiao::app
