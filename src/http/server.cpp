#include "src/http/server.h"

#include <poll.h>
#include <sys/socket.h>

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

#include "src/http/problem.h"
#include "src/http/server_state.h"

namespace huiqiao::http {

namespace {

constexpr long kDispatcherIdle_us = 200'000;

constexpr std::size_t kMaxWaiting = 256;
constexpr std::chrono::seconds kCloseAfter{1};
constexpr int kBacklog = 1024;
constexpr int kAcceptPause_ms = 100;

class Connections final : public Poco::Net::TCPServerConnectionFactory {
 public:
    explicit Connections(std::shared_ptr<ServerShared> shared) : shared_(std::move(shared)) {}
    Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
        return new Connection(socket, shared_);  // the dispatcher owns it
    }

 private:
    std::shared_ptr<ServerShared> shared_;
};

/// Where no descriptor is left the connection stays in the backlog; to ask for it again at once would only spin.
class PatientSocketImpl final : public Poco::Net::ServerSocketImpl {
 public:
    Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& from) override {
        try {
            return ServerSocketImpl::acceptConnection(from);
        } catch (const Poco::Exception&) {
            ::poll(nullptr, 0, kAcceptPause_ms);
            throw;
        }
    }
};

class PatientSocket final : public Poco::Net::ServerSocket {
 public:
    PatientSocket() : ServerSocket(new PatientSocketImpl, true) {}
};

/// Runs on the accepting thread: it must never wait for the other end.
class Admission final : public Poco::Net::TCPServerConnectionFilter {
 public:
    explicit Admission(std::shared_ptr<ServerShared> shared) : shared_(std::move(shared)) {}

    bool accept(const Poco::Net::StreamSocket& socket) override {
        ++shared_->counters.connections;
        const int limit = shared_->settings.threads + shared_->settings.max_queued;
        if (shared_->connections.fetch_add(1) < limit) return true;
        --shared_->connections;
        ++shared_->counters.rejected;
        shared_->count_answer(503);
        const std::string busy = shared_->wire_form(
            problem(Error(http_error::kOverloaded), "", shared_->retry_after.next_s()), false, false);
        // A fresh connection's buffer takes this without waiting.
        ::send(socket.impl()->sockfd(), busy.data(), busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        shared_->late_closer.close(socket);
        return false;
    }

 private:
    std::shared_ptr<ServerShared> shared_;
};

}  // namespace

LateCloser::LateCloser() : thread_([this] { run(); }) {}

LateCloser::~LateCloser() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void LateCloser::close(Poco::Net::StreamSocket socket) {
    ::shutdown(socket.impl()->sockfd(), SHUT_WR);
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= kMaxWaiting) waiting_.pop_front();
        waiting_.push_back({std::move(socket), SystemClock().monotonic() + kCloseAfter});
    }
    changed_.notify_all();
}

void LateCloser::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        const Monotonic now = SystemClock().monotonic();
        std::erase_if(waiting_, [now](const Waiting& each) {
            char unread[4096];
            const ssize_t count = ::recv(each.socket.impl()->sockfd(), unread, sizeof unread, MSG_DONTWAIT);
            const bool open = count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
            return !open || now >= each.until;
        });
        changed_.wait_for(lock, std::chrono::milliseconds(20), [this] { return stopping_; });
    }
}

struct Server::State {
    std::shared_ptr<ServerShared> shared;
    std::unique_ptr<Poco::ThreadPool> threads;
    std::unique_ptr<Poco::Net::TCPServer> listener;
    std::uint16_t port = 0;
    bool stopped = false;
};

Server::Server(const Clock& clock, Router router, ServerSettings settings,
               std::function<void(const Request&, const std::string&)> on_failure)
    : state_(std::make_unique<State>()) {
    if (settings.threads < 1 || settings.max_queued < 0) throw LogicError("a server needs a thread");
    state_->shared = std::make_shared<ServerShared>(clock, std::move(router), std::move(settings));
    state_->shared->on_failure = std::move(on_failure);
}

Server::~Server() {
    stop();
}

Status Server::start() {
    if (state_->listener || state_->stopped) throw LogicError("a server starts once");
    const ServerSettings& settings = state_->shared->settings;
    try {
        PatientSocket socket;
        socket.bind(Poco::Net::SocketAddress(settings.bind_address, settings.port), true, false);
        socket.listen(kBacklog);
        state_->port = socket.address().port();

        Poco::Net::TCPServerParams::Ptr parameters = new Poco::Net::TCPServerParams;
        // A dispatcher that misses the wake-up of stop() sees it after this time at the latest (default: 10 s).
        parameters->setThreadIdleTime(Poco::Timespan(0, kDispatcherIdle_us));
        parameters->setMaxThreads(settings.threads);
        // All connections pass through this queue, so it must never be the one that refuses: Admission is.
        parameters->setMaxQueued(settings.threads + settings.max_queued + 1);
        state_->threads = std::make_unique<Poco::ThreadPool>(1, settings.threads + 1);
        state_->listener = std::make_unique<Poco::Net::TCPServer>(new Connections(state_->shared), *state_->threads,
                                                                  socket, parameters);
        state_->listener->setConnectionFilter(new Admission(state_->shared));
        state_->listener->start();
    } catch (const Poco::Exception& thrown) {
        state_->listener.reset();
        return Error(
            http_error::kCannotListen,
            {{"address", settings.bind_address + ':' + std::to_string(settings.port)}, {"why", thrown.displayText()}});
    }
    return Done{};
}

void Server::stop() {
    if (!state_->listener || state_->stopped) return;
    state_->stopped = true;
    ServerShared& shared = *state_->shared;
    shared.stopping = true;
    state_->listener->stop();
    std::unique_lock lock(shared.mutex);
    shared.request_done.wait_for(lock, shared.settings.stop_timeout, [&] { return shared.counters.in_flight == 0; });
    lock.unlock();
    shared.streams.stop();
    state_->listener.reset();
    state_->threads.reset();  // joins: threads look at `stopping` every tenth of a second
}

std::uint16_t Server::port() const {
    return state_->port;
}

const ServerCounters& Server::counters() const {
    return state_->shared->counters;
}

std::uint64_t Server::streams_cut() const {
    return state_->shared->streams.cut();
}

void Server::on_answer(std::function<void(std::string_view, int, std::chrono::microseconds)> observer) {
    if (state_->listener) throw LogicError("the observer is set before the server starts");
    state_->shared->observer = std::move(observer);
}

}  // namespace huiqiao::http
