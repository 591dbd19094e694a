#pragma once
// Bare sockets for the tests of src/http: what a well-behaved library would never send or answer.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace huiqiao::test {

/// How long a test waits for the other end before it fails; never how long it takes.
inline constexpr int kPatience_ms = 20'000;

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class RawConnection {
 public:
    explicit RawConnection(int handle) : handle_(handle) {}
    static RawConnection to(std::uint16_t port) {
        const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(port);
        if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            ::close(handle);
            return RawConnection(-1);
        }
        return RawConnection(handle);
    }
    RawConnection(RawConnection&& other) noexcept : handle_(other.handle_) { other.handle_ = -1; }
    RawConnection(const RawConnection&) = delete;
    ~RawConnection() { close(); }

    void close() {
        if (handle_ >= 0) ::close(handle_);
        handle_ = -1;
    }
    [[nodiscard]] bool open() const { return handle_ >= 0; }
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    [[nodiscard]] bool readable(int within_ms) const {
        pollfd waiting{handle_, POLLIN, 0};
        return ::poll(&waiting, 1, within_ms) > 0;
    }
    /// Some bytes, or "" at the end of the connection.
    [[nodiscard]] std::string some() const {
        if (!readable(kPatience_ms)) throw std::runtime_error("the other end said nothing");
        char bytes[16384];
        const ssize_t count = ::recv(handle_, bytes, sizeof bytes, 0);
        return {bytes, count > 0 ? static_cast<std::size_t>(count) : 0};
    }
    [[nodiscard]] std::string until_closed() {
        std::string all = std::exchange(kept_, {});
        for (std::string part = some(); !part.empty(); part = some()) all += part;
        return all;
    }
    /// One message with a Content-Length.
    [[nodiscard]] std::string message() {
        for (;;) {
            const std::size_t end = kept_.find("\r\n\r\n");
            if (end != std::string::npos) {
                std::string head = kept_.substr(0, end);
                for (char& c : head) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                const std::size_t length_at = head.find("content-length:");
                std::size_t length = 0;
                if (length_at != std::string::npos)
                    length = static_cast<std::size_t>(std::stoul(head.substr(length_at + 15)));
                if (kept_.size() >= end + 4 + length) {
                    std::string whole = kept_.substr(0, end + 4 + length);
                    kept_.erase(0, whole.size());
                    return whole;
                }
            }
            const std::string part = some();
            if (part.empty()) return std::exchange(kept_, {});
            kept_ += part;
        }
    }

 private:
    int handle_;
    std::string kept_;
};

/// Listens on a free port of loopback and gives each connection to the script, one after the other, on one thread.
class RawListener {
 public:
    explicit RawListener(std::function<void(RawConnection&)> script)
        : handle_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        if (::bind(handle_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(handle_, 16) != 0 ||
            ::getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw std::runtime_error("cannot listen");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, script = std::move(script)] {
            for (;;) {
                RawConnection connection(::accept4(handle_, nullptr, nullptr, SOCK_CLOEXEC));
                if (!connection.open() || stopping_) return;
                ++connections_;
                try {
                    script(connection);
                } catch (const std::exception&) {
                    // The client went away: the test sees it from its own end.
                }
            }
        });
    }
    ~RawListener() {
        stopping_ = true;
        ::shutdown(handle_, SHUT_RDWR);
        thread_.join();
        ::close(handle_);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }

 private:
    int handle_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connections_{0};
    std::thread thread_;
};

/// A port on which nobody listens: it was free a moment ago.
inline std::uint16_t closed_port() {
    const RawListener listener([](RawConnection&) {});
    return listener.port();
}

}  // namespace huiqiao::test
