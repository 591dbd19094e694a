// A thread serves one connection here. Sockets are read and written with the system's calls, since every wait needs a
// deadline of its own and an answer should leave in one piece.

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "src/http/problem.h"
#include "src/http/server_state.h"

namespace huiqiao::http {

namespace {

// How often a waiting thread looks whether the server stops or others wait for a thread.
constexpr std::chrono::milliseconds kLook{100};
constexpr std::size_t kReadBytes = std::size_t{16} * 1024;
// Requests that a connection may send in a row while others wait for its thread.
constexpr int kTurn = 16;
// Of the threads, one in so many may hold a refusal back at once.
constexpr int kHeldShare = 4;

/// True when the socket is ready before the deadline.
bool ready(int socket, short event, Monotonic now, Monotonic deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
    if (left <= 0) return false;
    pollfd waiting{socket, event, 0};
    return ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) > 0;
}

// RFC 9110 5.6.7: "Fri, 20 Nov 2026 06:12:01 GMT".
std::string http_date(Instant now) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, length};
}

const ErrorCode& code_of(int status) {
    return status == 413 ? http_error::kBodyTooLarge : http_error::kBadRequest;
}

}  // namespace

std::string ServerShared::wire_form(const Response& response, bool keep_alive, bool without_body) const {
    std::string text;
    text.reserve(320 + (without_body ? 0 : response.body.size()));
    text += "HTTP/1.1 " + std::to_string(response.status) + ' ';
    text += reason(response.status);
    text += "\r\nDate: " + http_date(clock.now()) + "\r\n";
    for (const auto& [name, value] : response.headers.all()) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
    // Answers hold money and persons: nothing between us and the caller may keep or reinterpret them.
    if (!response.headers.find("Cache-Control")) text += "Cache-Control: no-store\r\n";
    text += "X-Content-Type-Options: nosniff\r\n";
    if (response.status != 204 && !response.stream)
        text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (!without_body && response.status != 204) text += response.body;
    return text;
}

void ServerShared::count_answer(int status) {
    const auto place = static_cast<std::size_t>(status / 100);
    if (place < counters.by_class.size()) ++counters.by_class[place];
}

Connection::Connection(const Poco::Net::StreamSocket& socket, std::shared_ptr<ServerShared> shared)
    : TCPServerConnection(socket), shared_(std::move(shared)) {}

Connection::~Connection() {
    --shared_->connections;
}

void Connection::run() {
    try {
        socket().setNoDelay(true);
        peer_ = socket().peerAddress().host().toString();
        bool first = true;
        while (wait_for_request(first)) {
            first = false;
            if (!serve_one()) return;
        }
    } catch (const std::exception&) {
        // The connection has gone; there is nobody left to tell.
    }
}

bool Connection::wait_for_request(bool first) {
    if (!buffer_.empty()) return true;  // the next request came together with the last
    const auto patience = first ? shared_->settings.header_timeout : shared_->settings.idle_timeout;
    const Monotonic deadline = shared_->machine.monotonic() + patience;
    for (;;) {
        const Monotonic now = shared_->machine.monotonic();
        if (now >= deadline || shared_->stopping) return false;
        if (ready(socket().impl()->sockfd(), POLLIN, now, std::min<Monotonic>(deadline, now + kLook))) return true;
        // An idle connection gives its thread to one that waits for it.
        if (!first && shared_->connections > shared_->settings.threads) return false;
    }
}

Connection::Read Connection::receive(std::string& into, std::size_t at_most, Monotonic deadline) {
    const int handle = socket().impl()->sockfd();
    const std::size_t before = into.size();
    into.resize(before + at_most);
    for (;;) {
        const ssize_t count = ::recv(handle, into.data() + before, at_most, MSG_DONTWAIT);
        if (count > 0) {
            into.resize(before + static_cast<std::size_t>(count));
            return Read::Bytes;
        }
        const bool waits = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        const Monotonic now = shared_->machine.monotonic();
        if (!waits || now >= deadline || shared_->stopping) {
            into.resize(before);
            return !waits ? Read::Closed : now >= deadline ? Read::TimedOut : Read::Stopping;
        }
        ready(handle, POLLIN, now, std::min<Monotonic>(deadline, now + kLook));
    }
}

bool Connection::read_head_bytes(Monotonic deadline, std::size_t& head_bytes) {
    std::size_t looked = 0;
    for (;;) {
        if (const auto end = end_of_head(buffer_, looked)) {
            head_bytes = *end;
            return true;
        }
        if (buffer_.size() > shared_->settings.max_header_bytes) {
            return refuse(431, Error(http_error::kBadRequest, {{"why", "the headers are too large"}}));
        }
        looked = buffer_.size();
        switch (receive(buffer_, kReadBytes, deadline)) {
            case Read::Bytes: break;
            case Read::TimedOut:
                ++shared_->counters.timed_out;
                return refuse(408, Error(http_error::kBadRequest, {{"why", "it came too slowly"}}));
            case Read::Closed:
            case Read::Stopping: return false;
        }
    }
}

bool Connection::read_body(RequestHead& head, Monotonic deadline) {
    std::string& body = head.request.body;
    const std::size_t there = std::min(buffer_.size(), head.content_length);
    body.reserve(head.content_length);
    body.assign(buffer_, 0, there);
    buffer_.erase(0, there);
    if (there == head.content_length) return true;
    if (head.expects_continue && there == 0 && !send_bytes("HTTP/1.1 100 Continue\r\n\r\n")) return false;
    while (body.size() < head.content_length) {
        switch (receive(body, head.content_length - body.size(), deadline)) {
            case Read::Bytes: break;
            case Read::TimedOut:
                ++shared_->counters.timed_out;
                return refuse(408, Error(http_error::kBadRequest, {{"why", "it came too slowly"}}));
            case Read::Closed:
            case Read::Stopping: return false;
        }
    }
    return true;
}

bool Connection::serve_one() {
    const ServerSettings& settings = shared_->settings;
    const Monotonic begun = shared_->machine.monotonic();
    RequestHead head;
    std::size_t head_bytes = 0;
    if (!read_head_bytes(begun + settings.header_timeout, head_bytes)) return false;
    const HeadLimits limits{settings.max_header_bytes, settings.max_headers};
    if (const auto refusal = read_head(std::string_view(buffer_).substr(0, head_bytes), limits, head)) {
        return refuse(refusal->status, Error(code_of(refusal->status), {{"why", refusal->why}}));
    }
    buffer_.erase(0, head_bytes);
    Request& request = head.request;
    request.peer = peer_;
    request.received_at = shared_->clock.monotonic();
    const Monotonic head_done = shared_->machine.monotonic();

    const Match match = shared_->router.match(request.method, request.path);
    bool keep = head.keep_alive && ++served_ < settings.max_requests_per_connection;
    if (match.route) {
        const std::size_t limit = std::min(match.route->limits.max_body_bytes, settings.max_body_bytes);
        if (head.content_length > limit) {
            return refuse(413, Error(http_error::kBodyTooLarge, {{"limit", std::to_string(limit)}}));
        }
        if (!read_body(head, begun + settings.request_timeout)) return false;
    } else if (buffer_.size() >= head.content_length) {
        buffer_.erase(0, head.content_length);
    } else {
        keep = false;  // nobody wants this body, so it is not read
    }
    ++shared_->counters.requests;
    const Response response = answer(request, match);
    if (response.status == kNoAnswer) return false;
    if (response.status == 429 || response.status == 503) hold_back();
    // While others wait for a thread, each gives way after a few requests.
    const bool others_wait = shared_->connections > settings.threads;
    keep = keep && !shared_->stopping && !(others_wait && served_ % kTurn == 0) && !response.stream;
    const bool sent = send(response, keep, request.method == Method::Head);
    if (shared_->observer) {
        const auto took = shared_->machine.monotonic() - head_done;
        shared_->observer(match.route ? std::string_view(match.route->pattern) : "", response.status, took);
    }
    if (response.stream) {
        hand_over(response, sent && request.method != Method::Head);
        return false;
    }
    if (sent && !keep) shared_->late_closer.close(socket());
    return sent && keep;
}

void Connection::hand_over(const Response& response, bool wanted) {
    if (wanted) {
        shared_->streams.take(socket(), response.stream);
    } else {
        response.stream->end();
    }
}

Response Connection::answer(const Request& request, const Match& match) {
    if (!match.route) {
        if (match.allow.empty()) return problem(Error(http_error::kNotFound), shared_->request_id());
        Response response =
            problem_as(405, Error(http_error::kMethodNotAllowed, {{"allow", match.allow}}), shared_->request_id());
        response.headers.set("Allow", match.allow);
        return response;
    }
    ++shared_->counters.in_flight;
    std::string failure;
    Response response;
    try {
        response = match.route->handler(request, match.parameters);
    } catch (const std::exception& thrown) {
        failure = std::string("exception: ") + thrown.what();
    } catch (...) {
        failure = "exception of no standard type";
    }
    if (!failure.empty()) {
        ++shared_->counters.handler_failures;
        if (shared_->on_failure) shared_->on_failure(request, failure);
        response = problem(Error(http_error::kInternal), shared_->request_id());
    }
    {
        const std::lock_guard lock(shared_->mutex);
        --shared_->counters.in_flight;
    }
    shared_->request_done.notify_all();
    return response;
}

void Connection::hold_back() {
    // Few at once, so that a crowd that is refused does not take the places of all others.
    const bool is_one_of_few = shared_->held_back.fetch_add(1) < std::max(1, shared_->settings.threads / kHeldShare);
    const Monotonic until = shared_->machine.monotonic() + shared_->settings.refusal_after;
    for (Monotonic now = shared_->machine.monotonic(); is_one_of_few && now < until;
         now = shared_->machine.monotonic()) {
        if (shared_->stopping || shared_->connections > shared_->settings.threads) break;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min<Monotonic>(until - now, kLook));
        ::poll(nullptr, 0, static_cast<int>(left.count()));
    }
    --shared_->held_back;
}

bool Connection::send(const Response& response, bool keep_alive, bool without_body) {
    shared_->count_answer(response.status);
    return send_bytes(shared_->wire_form(response, keep_alive, without_body));
}

bool Connection::send_bytes(std::string_view bytes) {
    const int handle = socket().impl()->sockfd();
    const Monotonic deadline = shared_->machine.monotonic() + shared_->settings.write_timeout;
    while (!bytes.empty()) {
        const ssize_t count = ::send(handle, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return false;
        if (!ready(handle, POLLOUT, shared_->machine.monotonic(), deadline)) return false;
    }
    return true;
}

bool Connection::refuse(int status, const Error& error) {
    ++shared_->counters.malformed;
    // The reader's own statuses (411, 431, 505 ...) are finer than an error's group.
    if (send(problem_as(status, error, shared_->request_id()), false, false)) shared_->late_closer.close(socket());
    return false;
}

}  // namespace huiqiao::http
