#pragma once
// A network that breaks off, between the service and MariaDB: listens on a free port of loopback, speaks to the server
// by its unix socket, and understands so much of the protocol that it knows a COMMIT and its answer. What becomes of
// each COMMIT is drawn by a plan; it counts what the server really did, which nobody else can know. It can also stall,
// both ways, and lose nothing by it. It decides nothing about business.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace huiqiao::crash {

enum class CommitFate {
    Pass,
    DropCommit,   // never arrives; both connections are closed
    DropAnswer,   // takes place; the connection is reset before the answer
    BreakCommit,  // some bytes of it arrive, then a reset
    BreakAnswer,  // takes place; some bytes of the answer arrive, then a reset
};

class CommitProxy {
 public:
    /// fate: asked for each COMMIT by its number from 1, on several threads.
    CommitProxy(std::string server_socket, std::function<CommitFate(std::uint64_t)> fate);
    ~CommitProxy();
    CommitProxy(const CommitProxy&) = delete;
    CommitProxy& operator=(const CommitProxy&) = delete;

    [[nodiscard]] int port() const { return port_; }
    /// Faults happen only while armed.
    void arm(bool armed) { armed_ = armed; }
    void stall(bool stalled) { stalled_ = stalled; }

    /// COMMITs that the sender got no whole answer to: which took place, and which did not.
    [[nodiscard]] int applied() const { return applied_; }
    [[nodiscard]] int not_applied() const { return not_applied_; }
    [[nodiscard]] std::uint64_t commits() const { return commits_; }

 private:
    struct Pair;
    void accept_loop();
    void serve(int client);
    bool from_client(Pair& pair);
    bool from_server(Pair& pair);
    CommitFate fate_of_next();

    std::string server_socket_;
    std::function<CommitFate(std::uint64_t)> fate_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> armed_{false};
    std::atomic<bool> stalled_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<int> applied_{0};
    std::atomic<int> not_applied_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::mutex mutex_;
    std::vector<std::thread> pairs_;
    std::thread acceptor_;
};

/// Each kind of fault in turn, for every so-many-th COMMIT.
std::function<CommitFate(std::uint64_t)> every(std::uint64_t nth);

}  // namespace huiqiao::crash
