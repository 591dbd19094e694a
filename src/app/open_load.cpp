#include "src/app/open_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <memory>
#include <stdexcept>

#include "src/http/message.h"

namespace huiqiao::app {

namespace {

constexpr std::int64_t kSilence_us = 30'000'000;
constexpr int kTick_ms = 1;

/// A connection that is made anew where the server has ended it.
class Line {
 public:
    explicit Line(std::uint16_t port) : port_(port) {}
    ~Line() { close(); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// False where the server does not take it.
    bool send(const std::string& bytes, int poll) {
        if (socket_ < 0 && !connect(poll)) return false;
        answer_.clear();
        for (std::size_t sent = 0; sent < bytes.size();) {
            const ssize_t now_sent = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (now_sent <= 0) return false;
            sent += static_cast<std::size_t>(now_sent);
        }
        return true;
    }
    enum class Read { Part, Whole, Closed };
    Read receive() {
        std::array<char, 16'384> buffer;
        const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Read::Part;
        if (got <= 0) return Read::Closed;
        answer_.append(buffer.data(), static_cast<std::size_t>(got));
        const std::size_t end = answer_.find("\r\n\r\n");
        if (end == std::string::npos) return Read::Part;
        std::size_t body = 0;
        const std::string_view length = header("content-length");
        std::from_chars(length.data(), length.data() + length.size(), body);
        return answer_.size() >= end + 4 + body ? Read::Whole : Read::Part;
    }
    [[nodiscard]] int status() const {
        int status = 0;
        std::from_chars(answer_.data() + 9, answer_.data() + std::min<std::size_t>(answer_.size(), 12), status);
        return status;
    }
    [[nodiscard]] std::string_view header(std::string_view name) const {
        const std::string_view head = std::string_view(answer_).substr(0, answer_.find("\r\n\r\n") + 2);
        for (std::size_t at = head.find("\r\n"); at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
            const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
            const std::size_t colon = line.find(':');
            if (colon != std::string_view::npos && http::Headers::same_name(line.substr(0, colon), name))
                return line.substr(line.find_first_not_of(' ', colon + 1));
        }
        return {};
    }
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }

    Shot shot;
    int tries = 0;
    bool busy = false;

 private:
    bool connect(int poll) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            close();
            return false;
        }
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = this;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, socket_, &event);
        return true;
    }

    std::uint16_t port_;
    int socket_ = -1;
    std::string answer_;
};

class Run {
 public:
    Run(const OpenLoad& load, const Clock& clock)
        : load_(load), clock_(clock), poll_(::epoll_create1(EPOLL_CLOEXEC)), next_(load.first) {
        for (int at = 0; at < load.connections; ++at) {
            lines_.push_back(std::make_unique<Line>(load.port));
            free_.push_back(lines_.back().get());
        }
    }
    ~Run() { ::close(poll_); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    std::vector<Shot> fire() {
        begin_ = clock_.monotonic();
        std::array<epoll_event, 256> events;
        std::int64_t heard_us = 0;
        for (;;) {
            const std::int64_t now_us = since_begin();
            const bool over = now_us >= load_.lasting.count() || next_ >= load_.requests->size();
            if (over && free_.size() == lines_.size()) return std::move(shots_);
            if (now_us - heard_us > kSilence_us)
                throw std::runtime_error("The server has not answered for 30 seconds.");
            if (!over) start_due(now_us);
            const int ready = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), kTick_ms);
            if (ready > 0) heard_us = since_begin();
            for (int at = 0; at < ready; ++at) take(*static_cast<Line*>(events[static_cast<std::size_t>(at)].data.ptr));
        }
    }

 private:
    [[nodiscard]] std::int64_t since_begin() const { return (clock_.monotonic() - begin_).count(); }
    [[nodiscard]] std::int64_t due_us() const {
        return static_cast<std::int64_t>(next_ - load_.first) * 1'000'000 / load_.per_second;
    }

    void start_due(std::int64_t now_us) {
        while (!free_.empty() && next_ < load_.requests->size()) {
            const std::int64_t due = load_.per_second == 0 ? now_us : due_us();
            if (due > now_us) return;
            Line& line = *free_.front();
            free_.pop_front();
            line.shot = Shot{.request = next_++, .due_us = due};
            line.tries = 0;
            send(line);
        }
    }
    void send(Line& line) {
        line.busy = true;
        line.shot.sent_us = since_begin();
        // A connection that the server ended while it was idle: a new one, once.
        if (line.send((*load_.requests)[line.shot.request], poll_)) return;
        line.close();
        if (!line.send((*load_.requests)[line.shot.request], poll_))
            throw std::runtime_error("The server cannot be reached.");
    }
    void take(Line& line) {
        const Line::Read read = line.receive();
        if (read == Line::Read::Part) return;
        if (!line.busy) return line.close();
        if (read == Line::Read::Closed) {
            line.close();
            line.shot.status = 0;
        } else {
            line.shot.status = line.status();
            line.shot.has_retry_after = !line.header("retry-after").empty();
            if (http::Headers::same_name(line.header("connection"), "close")) line.close();
        }
        line.shot.told_us = since_begin();
        line.busy = false;
        shots_.push_back(line.shot);
        const bool refused = line.shot.status == 429 || line.shot.status == 503;
        if (refused && line.tries < load_.again && line.shot.told_us < load_.lasting.count()) {
            ++line.tries;
            return send(line);
        }
        free_.push_back(&line);
    }

    const OpenLoad& load_;
    const Clock& clock_;
    int poll_;
    std::size_t next_;
    Monotonic begin_{0};
    std::vector<std::unique_ptr<Line>> lines_;
    std::deque<Line*> free_;
    std::vector<Shot> shots_;
};

}  // namespace

std::vector<Shot> run_open_load(const OpenLoad& load, const Clock& clock) {
    return Run(load, clock).fire();
}

}  // namespace huiqiao::app
