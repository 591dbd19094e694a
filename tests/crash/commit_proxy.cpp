#include "tests/crash/commit_proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace huiqiao::crash {

namespace {

constexpr int kLook_ms = 20;          // how soon a stall or the end is seen
constexpr std::size_t kHeader = 4;    // three bytes of length, one of sequence
constexpr char kQuery = 0x03;         // COM_QUERY
constexpr char kOk = 0x00;            // first byte of an OK packet
constexpr std::size_t kBrokenAt = 7;  // bytes of a COMMIT that still go through when it breaks off
constexpr std::size_t kBrokenAnswerAt = 3;

bool send_all(int to, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = ::send(to, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

/// Closed so that the other end meets a reset, not an orderly end.
void reset(int descriptor) {
    const linger at_once{1, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// A whole packet at the beginning of the bytes; 0 where it is not whole yet.
std::size_t packet_size(const std::string& bytes) {
    if (bytes.size() < kHeader) return 0;
    std::size_t length = 0;
    for (std::size_t i = 3; i-- > 0;) length = length << 8U | static_cast<unsigned char>(bytes[i]);
    return bytes.size() < kHeader + length ? 0 : kHeader + length;
}

int connect_to(const std::string& path) {
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

}  // namespace

struct CommitProxy::Pair {
    int client = -1;
    int server = -1;
    std::string from_client;  // bytes of a packet that is not whole
    std::string answer;
    bool greeted = false;  // the login is over: packets are commands
    CommitFate pending = CommitFate::Pass;
    bool awaits_commit = false;
};

CommitProxy::CommitProxy(std::string server_socket, std::function<CommitFate(std::uint64_t)> fate)
    : server_socket_(std::move(server_socket)), fate_(std::move(fate)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        throw std::runtime_error("the proxy cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_loop(); });
}

CommitProxy::~CommitProxy() {
    stopping_ = true;
    acceptor_.join();
    for (std::thread& pair : pairs_) pair.join();
    ::close(listener_);
}

void CommitProxy::accept_loop() {
    while (!stopping_) {
        pollfd ready{listener_, POLLIN, 0};
        if (::poll(&ready, 1, kLook_ms) <= 0) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        const int no_delay = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
        const std::lock_guard lock(mutex_);
        pairs_.emplace_back([this, client] { serve(client); });
    }
}

CommitFate CommitProxy::fate_of_next() {
    const std::uint64_t number = ++commits_;
    return armed_ ? fate_(number) : CommitFate::Pass;
}

void CommitProxy::serve(int client) {
    Pair pair;
    pair.client = client;
    pair.server = connect_to(server_socket_);
    bool open = pair.server >= 0;
    while (open && !stopping_) {
        if (stalled_) {
            ::poll(nullptr, 0, kLook_ms);
            continue;
        }
        std::array<pollfd, 2> ready{pollfd{pair.client, POLLIN, 0}, pollfd{pair.server, POLLIN, 0}};
        if (::poll(ready.data(), ready.size(), kLook_ms) <= 0) continue;
        if (stalled_) continue;
        if (ready[1].revents != 0) open = from_server(pair);
        if (open && ready[0].revents != 0) open = from_client(pair);
    }
    if (pair.server >= 0) ::close(pair.server);
    reset(pair.client);
    ::close(pair.client);
}

/// Forwards whole packets, so that it can stand before a COMMIT.
bool CommitProxy::from_client(Pair& pair) {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::recv(pair.client, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    if (!pair.greeted) return send_all(pair.server, bytes.data(), static_cast<std::size_t>(count));
    pair.from_client.append(bytes.data(), static_cast<std::size_t>(count));
    while (const std::size_t size = packet_size(pair.from_client)) {
        const std::string packet = pair.from_client.substr(0, size);
        pair.from_client.erase(0, size);
        if (packet.size() == kHeader + 7 && packet[kHeader] == kQuery && packet.ends_with("COMMIT")) {
            pair.pending = fate_of_next();
            pair.awaits_commit = true;
            pair.answer.clear();
            if (pair.pending == CommitFate::DropCommit || pair.pending == CommitFate::BreakCommit) {
                if (pair.pending == CommitFate::BreakCommit) send_all(pair.server, packet.data(), kBrokenAt);
                ++not_applied_;
                return false;
            }
        }
        if (!send_all(pair.server, packet.data(), packet.size())) return false;
    }
    return true;
}

bool CommitProxy::from_server(Pair& pair) {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::recv(pair.server, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    const auto size = static_cast<std::size_t>(count);
    if (!pair.greeted) {
        // The server's first packet is its greeting; the first OK after it ends the login.
        pair.answer.append(bytes.data(), size);
        const std::size_t greeting = packet_size(pair.answer);
        pair.greeted =
            greeting != 0 && pair.answer.size() > greeting + kHeader && pair.answer[greeting + kHeader] == kOk;
    } else if (pair.awaits_commit) {
        pair.answer.append(bytes.data(), size);
        if (packet_size(pair.answer) == 0) return true;  // kept until it is whole
        pair.awaits_commit = false;
        if (pair.pending == CommitFate::Pass) return send_all(pair.client, pair.answer.data(), pair.answer.size());
        ++(pair.answer[kHeader] == kOk ? applied_ : not_applied_);
        if (pair.pending == CommitFate::BreakAnswer) send_all(pair.client, pair.answer.data(), kBrokenAnswerAt);
        return false;
    }
    return send_all(pair.client, bytes.data(), size);
}

std::function<CommitFate(std::uint64_t)> every(std::uint64_t nth) {
    return [nth](std::uint64_t number) {
        if (number % nth != 0) return CommitFate::Pass;
        switch (number / nth % 4) {
            case 0: return CommitFate::DropCommit;
            case 1: return CommitFate::DropAnswer;
            case 2: return CommitFate::BreakCommit;
            default: return CommitFate::BreakAnswer;
        }
    };
}

}  // namespace huiqiao::crash
