#include "src/http/streams.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "src/base/error.h"

namespace huiqiao::http {

namespace {

// A wake-up between two looks ends the wait; this only bounds how late a write timeout is seen.
constexpr int kLook_ms = 500;
// What the system keeps for a reader beside our own bound.
constexpr int kSystemBuffer = 64 * 1024;

}  // namespace

bool ByteStream::send(std::string_view bytes) {
    std::function<void()> wake;
    bool taken = false;
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::Open) return false;
        if (unsent_.size() + bytes.size() > most_unsent_) {
            state_ = State::Cut;
        } else {
            unsent_.append(bytes);
            taken = true;
        }
        wake = wake_;
    }
    if (wake) wake();
    return taken;
}

void ByteStream::end() {
    stop(State::Ended);
}

void ByteStream::cut() {
    stop(State::Cut);
}

void ByteStream::stop(State how) {
    std::function<void()> wake;
    {
        const std::lock_guard lock(mutex_);
        if (state_ != State::Open) return;
        state_ = how;
        wake = wake_;
    }
    if (wake) wake();
}

std::size_t ByteStream::unsent() const {
    const std::lock_guard lock(mutex_);
    return unsent_.size();
}

bool ByteStream::is_over() const {
    const std::lock_guard lock(mutex_);
    return state_ != State::Open;
}

Streams::Streams(std::chrono::milliseconds write_timeout)
    : write_timeout_(write_timeout), waker_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (waker_ < 0) throw LogicError("no descriptor is left for the streams' thread");
    thread_ = std::thread([this] { run(); });
}

Streams::~Streams() {
    stop();
    ::close(waker_);
}

void Streams::stop() {
    stopping_ = true;
    wake();
    if (thread_.joinable()) thread_.join();
}

void Streams::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(waker_, &one, sizeof one);  // full: it is awake already
}

void Streams::take(const Poco::Net::StreamSocket& socket, std::shared_ptr<ByteStream> stream) {
    ::setsockopt(socket.impl()->sockfd(), SOL_SOCKET, SO_SNDBUF, &kSystemBuffer, sizeof kSystemBuffer);
    {
        const std::lock_guard lock(stream->mutex_);
        stream->wake_ = [this] { wake(); };
    }
    {
        const std::lock_guard lock(mutex_);
        fresh_.push_back({socket, std::move(stream), SystemClock().monotonic(), ""});
    }
    wake();
}

void Streams::adopt() {
    const std::lock_guard lock(mutex_);
    for (Open& each : fresh_) open_.push_back(std::move(each));
    fresh_.clear();
}

void Streams::close(Open& open) {
    const std::lock_guard lock(open.stream->mutex_);
    if (open.stream->state_ == ByteStream::State::Open) open.stream->state_ = ByteStream::State::Ended;
    open.stream->wake_ = nullptr;
    open.stream->unsent_.clear();
}

void Streams::run() {
    std::vector<pollfd> waited;
    while (!stopping_) {
        adopt();
        waited.assign(1, pollfd{waker_, POLLIN, 0});
        for (const Open& each : open_) {
            const auto events = static_cast<short>(POLLIN | POLLRDHUP | (each.sending.empty() ? 0 : POLLOUT));
            waited.push_back({each.socket.impl()->sockfd(), events, 0});
        }
        ::poll(waited.data(), waited.size(), kLook_ms);
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t drained = ::read(waker_, &count, sizeof count);
        const Monotonic now = SystemClock().monotonic();
        std::size_t at = 0;
        std::erase_if(open_, [&](Open& each) {
            if (serve(each, waited[++at].revents, now)) return false;
            close(each);
            return true;
        });
    }
    adopt();
    for (Open& each : open_) close(each);
    open_.clear();
}

bool Streams::serve(Open& open, short events, Monotonic now) {
    if ((events & (POLLERR | POLLHUP | POLLRDHUP | POLLNVAL)) != 0) return false;
    if ((events & POLLIN) != 0) {
        char unread[4096];
        const ssize_t count = ::recv(open.socket.impl()->sockfd(), unread, sizeof unread, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) return false;
    }
    if (!write(open, now)) return false;
    if (open.sending.empty() || now - open.moved_at < write_timeout_) return true;
    ++cut_;
    return false;
}

bool Streams::write(Open& open, Monotonic now) {
    for (;;) {
        ByteStream::State state = ByteStream::State::Open;
        if (open.sending.empty()) {
            const std::lock_guard lock(open.stream->mutex_);
            open.sending.swap(open.stream->unsent_);
            state = open.stream->state_;
            open.moved_at = now;
        } else {
            const std::lock_guard lock(open.stream->mutex_);
            state = open.stream->state_;
        }
        if (state == ByteStream::State::Cut) {
            ++cut_;
            return false;
        }
        if (open.sending.empty()) return state == ByteStream::State::Open;
        const ssize_t sent =
            ::send(open.socket.impl()->sockfd(), open.sending.data(), open.sending.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent <= 0) return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        open.sending.erase(0, static_cast<std::size_t>(sent));
        open.moved_at = now;
    }
}

}  // namespace huiqiao::http
