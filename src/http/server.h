#pragma once
// One listener of HTTP/1.1 with a pool of threads and limits of its own (platforms, notices, operators: three objects).
// A connection holds a thread while it lives. Reads are bounded in bytes and in total time, so a slow sender cannot
// hold one; when threads and queue are full the answer is 503 with Retry-After at once. A body is read only after its
// length has been held against its route's limit. A handler's exception becomes a 500 without details. An answer that
// goes on without an end (Response::stream) gives its thread back: one thread writes all of them. No TLS: an open
// network is faced through HAProxy. Uses Poco's TCP server and a reader of our own for the messages, since Poco's HTTP
// reader accepts a length beside a transfer encoding and has no total time limit.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "src/http/router.h"

namespace huiqiao::http {

struct ServerSettings {
    std::string bind_address = "127.0.0.1";
    std::uint16_t port = 0;                                 // 0: any free one, see Server::port()
    int threads = 64;                                       // connections served at once
    int max_queued = 64;                                    // connections that wait for a thread; beyond it 503
    std::size_t max_header_bytes = std::size_t{16} * 1024;  // request line and headers
    int max_headers = 64;
    std::size_t max_body_bytes = std::size_t{8} * 1024 * 1024;  // above every route's own limit
    std::chrono::milliseconds idle_timeout{15'000};             // between two requests of a connection
    std::chrono::milliseconds header_timeout{5'000};            // from the first byte to the end of the headers
    std::chrono::milliseconds request_timeout{10'000};          // from the first byte to the end of the body
    std::chrono::milliseconds write_timeout{10'000};
    std::chrono::milliseconds stop_timeout{10'000};  // how long stop() waits for requests in hand
    int max_requests_per_connection = 100'000;
    int retry_after_most_s = 30;  // said with the 503 of a full pool, spread from 1 on
    /// A 429 or 503 of a route is told so much later, so that who tries again at once tries fewer times: by a quarter
    /// of the threads at most, and not while others wait for a thread. It is part of the answer's time, so it stays far
    /// below the 50 ms of RSC-02.
    std::chrono::milliseconds refusal_after{0};
    /// Names the answers that no route gives (404, 405, 411, 413 …), on any thread; none: they have no request_id.
    std::function<std::string()> request_id{};
};

/// Read at any time, from any thread.
struct ServerCounters {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> requests{0};                // whole requests that reached the router
    std::array<std::atomic<std::uint64_t>, 6> by_class{};  // answers by hundred of their status: [2] is 2xx
    std::atomic<std::uint64_t> malformed{0};               // refused before the router: syntax, limits
    std::atomic<std::uint64_t> timed_out{0};               // slow senders
    std::atomic<std::uint64_t> rejected{0};                // 503 since threads and queue were full
    std::atomic<std::uint64_t> handler_failures{0};        // exceptions of handlers
    std::atomic<std::int64_t> in_flight{0};                // requests in a handler now
};

class Server {
 public:
    /// The clock dates Request::received_at; sockets are timed by the machine. on_failure is told what a handler threw
    /// (for the log), on the handler's thread; it must not throw.
    Server(const Clock& clock, Router router, ServerSettings settings,
           std::function<void(const Request&, const std::string& what)> on_failure = {});
    ~Server();  // stops
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds and listens. kCannotListen where the address cannot be had.
    Status start();
    /// Accepts no more, lets requests in hand finish within stop_timeout, closes. Idempotent.
    void stop();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] const ServerCounters& counters() const;
    /// Streams that were cut off since they were read too slowly.
    [[nodiscard]] std::uint64_t streams_cut() const;
    /// Told after each answer with the route's pattern ("" where none matched), status and microseconds from the head
    /// to the last byte sent: for metrics. Set before start().
    void on_answer(std::function<void(std::string_view pattern, int status, std::chrono::microseconds took)> observer);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

namespace http_error {
inline constexpr ErrorCode kCannotListen{"cannot_listen", ErrorGroup::Retry, "Cannot listen on {address}: {why}.",
                                         "无法监听 {address}：{why}。"};
}  // namespace http_error

}  // namespace huiqiao::http
