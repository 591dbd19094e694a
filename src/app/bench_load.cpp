#include "src/app/bench_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>

namespace huiqiao::app {

namespace {

constexpr int kSilence_ms = 30'000;

class Connection {
 public:
    explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("The server cannot be reached.");
        }
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~Connection() { ::close(socket_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] int socket() const { return socket_; }

    void send(const std::string& bytes, Monotonic now) {
        began_ = now;
        answer_.clear();
        length_ = 0;
        for (std::size_t sent = 0; sent < bytes.size();) {
            const ssize_t now_sent = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (now_sent <= 0) throw std::runtime_error("A request could not be sent whole.");
            sent += static_cast<std::size_t>(now_sent);
        }
    }
    /// Reads what is there; true where the answer is whole.
    bool receive(int expected_status) {
        std::array<char, 65'536> buffer;
        const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
        if (got <= 0) throw std::runtime_error("The server closed a connection under load.");
        answer_.append(buffer.data(), static_cast<std::size_t>(got));
        if (length_ == 0) read_head(expected_status);
        return length_ != 0 && answer_.size() >= length_;
    }
    [[nodiscard]] Monotonic began() const { return began_; }

 private:
    void read_head(int expected_status) {
        const std::size_t end = answer_.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const std::string head = answer_.substr(0, end);
        if (head.compare(9, 3, std::to_string(expected_status)) != 0) {
            throw std::runtime_error("An answer was not expected: " + answer_.substr(0, 2000));
        }
        std::size_t body = 0;
        for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
            constexpr std::string_view kLength = "content-length:";
            const std::string_view line = std::string_view(head).substr(at + 2);
            if (line.size() < kLength.size() || !http::Headers::same_name(line.substr(0, kLength.size()), kLength))
                continue;
            const std::size_t digits = line.find_first_not_of(' ', kLength.size());
            std::from_chars(line.data() + digits, line.data() + line.size(), body);
        }
        length_ = end + 4 + body;
    }

    int socket_;
    Monotonic began_{0};
    std::string answer_;
    std::size_t length_ = 0;  // of the whole answer; 0 while its head is not there
};

class Poll {
 public:
    Poll() : handle_(::epoll_create1(EPOLL_CLOEXEC)) {}
    ~Poll() { ::close(handle_); }
    Poll(const Poll&) = delete;
    Poll& operator=(const Poll&) = delete;
    void add(Connection& connection) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &connection;
        ::epoll_ctl(handle_, EPOLL_CTL_ADD, connection.socket(), &event);
    }
    int wait(std::array<epoll_event, 64>& events) {
        const int count = ::epoll_wait(handle_, events.data(), static_cast<int>(events.size()), kSilence_ms);
        if (count <= 0) throw std::runtime_error("The server has not answered for 30 seconds.");
        return count;
    }

 private:
    int handle_;
};

}  // namespace

LoadResult run_load(const Load& load, const Clock& clock) {
    std::vector<std::unique_ptr<Connection>> connections;
    Poll poll;
    for (int at = 0; at < load.connections; ++at) {
        connections.push_back(
            std::make_unique<Connection>(load.ports[static_cast<std::size_t>(at) % load.ports.size()]));
        poll.add(*connections.back());
    }
    LoadResult result;
    result.latencies_us.reserve(static_cast<std::size_t>(load.requests));
    const Monotonic begin = clock.monotonic();
    int sent = 0;
    const auto send_next = [&](Connection& connection) {
        if (sent == load.requests) return;
        ++sent;
        const std::string bytes = load.next();
        connection.send(bytes, clock.monotonic());
    };
    for (const auto& connection : connections) send_next(*connection);
    std::array<epoll_event, 64> events;
    for (int answered = 0; answered < load.requests;) {
        const int ready = poll.wait(events);
        for (int at = 0; at < ready; ++at) {
            auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(at)].data.ptr);
            if (!connection.receive(load.expected_status)) continue;
            result.latencies_us.push_back((clock.monotonic() - connection.began()).count());
            ++answered;
            send_next(connection);
        }
    }
    result.took_us = (clock.monotonic() - begin).count();
    return result;
}

std::string request_bytes(const http::OutgoingRequest& request) {
    std::string bytes(http::to_text(request.method));
    bytes.append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
    bytes.append(request.base_url.substr(request.base_url.find("://") + 3)).append("\r\n");
    for (const auto& [name, value] : request.headers.all())
        bytes.append(name).append(": ").append(value).append("\r\n");
    bytes.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n\r\n");
    return bytes.append(request.body);
}

}  // namespace huiqiao::app
