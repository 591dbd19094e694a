#include "tests/sim/jobs.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <new>
#include <stdexcept>
#include <vector>

namespace huiqiao::testing::sim {

namespace {

constexpr int kLook_ms = 1000;

volatile std::sig_atomic_t is_told_to_stop = 0;
void stop(int) {
    is_told_to_stop = 1;
}

/// Where the processes agree on who takes what.
struct Board {
    std::atomic<std::uint64_t> next;
    std::atomic<bool> stop;
};

Board& shared_board(std::uint64_t first) {
    void* place = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) throw std::runtime_error("no memory to share");
    return *new (place) Board{{first}, {false}};
}

struct Job {
    pid_t process = -1;
    int lines = -1;
    std::uint64_t seed = 0;  // in hand
    std::string unread;
};

bool write_all(int to, const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = ::write(to, text.data() + written, text.size() - written);
        if (count <= 0) return false;
        written += static_cast<std::size_t>(count);
    }
    return true;
}

void work(Board& board, std::uint64_t end, int to, const std::function<std::string(std::uint64_t)>& run) {
    while (!board.stop) {
        const std::uint64_t seed = board.next++;
        if (seed >= end) return;
        if (!write_all(to, "+" + std::to_string(seed) + "\n")) return;
        if (!write_all(to, "-" + run(seed) + "\n")) return;
    }
}

Job start(Board& board, std::uint64_t end, const std::function<std::string(std::uint64_t)>& run) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    std::cout << std::flush;
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("fork failed");
    if (child > 0) {
        ::close(ends[1]);
        return {child, ends[0], 0, ""};
    }
    ::close(ends[0]);
    // The parent decides what becomes of a signal that the whole group gets.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    work(board, end, ends[1], run);
    std::exit(0);  // destructors of statics sweep what this process made
}

/// False at the end of its lines.
bool read_lines(Job& job, const std::function<void(const std::string&)>& on_line) {
    char bytes[65'536];
    const ssize_t count = ::read(job.lines, bytes, sizeof bytes);
    if (count <= 0) return false;
    job.unread.append(bytes, static_cast<std::size_t>(count));
    for (std::size_t at = job.unread.find('\n'); at != std::string::npos; at = job.unread.find('\n')) {
        const std::string line = job.unread.substr(0, at);
        job.unread.erase(0, at + 1);
        job.seed = line.starts_with('+') ? std::stoull(line.substr(1)) : 0;
        if (line.starts_with('-')) on_line(line.substr(1));
    }
    return true;
}

}  // namespace

SharedResult share_out(const Shared& shared, const std::function<std::string(std::uint64_t)>& run,
                       const std::function<void(const std::string&)>& on_line,
                       const std::function<void(std::uint64_t)>& on_death) {
    Board& board = shared_board(shared.first);
    const std::uint64_t end = shared.first + shared.count;
    std::vector<Job> jobs;
    for (unsigned each = 0; each < shared.jobs; ++each) jobs.push_back(start(board, end, run));
    std::signal(SIGINT, stop);
    std::signal(SIGTERM, stop);
    while (!jobs.empty()) {
        std::vector<pollfd> ready;
        for (const Job& job : jobs) ready.push_back({job.lines, POLLIN, 0});
        ::poll(ready.data(), ready.size(), kLook_ms);
        if (is_told_to_stop != 0) board.stop = true;
        for (std::size_t at = jobs.size(); at-- > 0;) {
            if (ready[at].revents == 0 || read_lines(jobs[at], on_line)) continue;
            ::close(jobs[at].lines);
            int status = 0;
            ::waitpid(jobs[at].process, &status, 0);
            if (jobs[at].seed != 0) on_death(jobs[at].seed);
            jobs.erase(jobs.begin() + static_cast<std::ptrdiff_t>(at));
            // Another takes its place; a seed that kills is told, and does not end the others.
            if (status != 0 && board.next < end && !board.stop) jobs.push_back(start(board, end, run));
            break;
        }
    }
    const SharedResult result{std::min<std::uint64_t>(board.next, end), board.next < end};
    ::munmap(&board, sizeof board);
    return result;
}

}  // namespace huiqiao::testing::sim
