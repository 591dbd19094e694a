#pragma once
// What the threads of one Server share, and one connection's conversation. Private to src/http.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/TCPServerConnection.h>

#include "src/http/request_head.h"
#include "src/http/retry_after.h"
#include "src/http/server.h"
#include "src/http/streams.h"

namespace huiqiao::http {

/// Closes sockets a little later, after the last answer: a close with unread bytes resets the connection, and the
/// other end may then never see that answer. One thread, bounded in sockets and time.
class LateCloser {
 public:
    LateCloser();
    ~LateCloser();
    /// Says end of sending at once, closes when the other end has closed, after a second, or at once when many wait.
    void close(Poco::Net::StreamSocket socket);

 private:
    struct Waiting {
        Poco::Net::StreamSocket socket;
        Monotonic until;
    };
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

struct ServerShared {
    ServerShared(const Clock& with_clock, Router with_router, ServerSettings with_settings)
        : clock(with_clock),
          router(std::move(with_router)),
          settings(std::move(with_settings)),
          retry_after(settings.retry_after_most_s) {}

    const Clock& clock;
    Router router;
    ServerSettings settings;
    std::function<void(const Request&, const std::string&)> on_failure;
    std::function<void(std::string_view, int, std::chrono::microseconds)> observer;
    ServerCounters counters;
    SystemClock machine;  // sockets are timed by it, whatever clock the house runs on
    LateCloser late_closer;
    Streams streams{settings.write_timeout};
    RetryAfter retry_after;
    std::atomic<bool> stopping{false};
    std::atomic<int> connections{0};  // served or waiting for a thread
    std::atomic<int> held_back{0};    // refusals that wait to be told

    std::mutex mutex;
    std::condition_variable request_done;  // in_flight went down

    /// Status line, headers and body in one text.
    std::string wire_form(const Response& response, bool keep_alive, bool without_body) const;
    void count_answer(int status);
    [[nodiscard]] std::string request_id() const { return settings.request_id ? settings.request_id() : ""; }
};

class Connection final : public Poco::Net::TCPServerConnection {
 public:
    Connection(const Poco::Net::StreamSocket& socket, std::shared_ptr<ServerShared> shared);
    ~Connection() override;
    void run() override;

 private:
    enum class Read { Bytes, Closed, TimedOut, Stopping };

    bool wait_for_request(bool first);
    Read receive(std::string& into, std::size_t at_most, Monotonic deadline);
    bool serve_one();
    bool read_head_bytes(Monotonic deadline, std::size_t& head_bytes);
    bool read_body(RequestHead& head, Monotonic deadline);
    Response answer(const Request& request, const Match& match);
    void hold_back();
    bool send(const Response& response, bool keep_alive, bool without_body);
    bool send_bytes(std::string_view bytes);
    /// The rest of an answer that has no end; this thread is free then.
    void hand_over(const Response& response, bool wanted);
    /// Answers and ends the connection: what follows on it can no longer be trusted.
    bool refuse(int status, const Error& error);

    std::shared_ptr<ServerShared> shared_;  // a handler may outlive a bounded stop()
    std::string buffer_;                    // received, not yet used
    std::string peer_;
    int served_ = 0;
};

}  // namespace huiqiao::http
