#pragma once
// The one thread of a server that writes its streams (byte_stream.h): connections whose head was answered, each with
// the stream that goes on. Sockets never block it. A connection ends when its reader goes, has taken nothing for the
// write timeout while something waits, was cut off by its stream, or when the server stops. What a reader sends is
// thrown away. Private to src/http.

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <Poco/Net/StreamSocket.h>

#include "src/base/clock.h"
#include "src/http/byte_stream.h"

namespace huiqiao::http {

class Streams {
 public:
    explicit Streams(std::chrono::milliseconds write_timeout);
    ~Streams();  // closes all

    /// The connection is the stream's from now on.
    void take(const Poco::Net::StreamSocket& socket, std::shared_ptr<ByteStream> stream);
    /// Ends all streams and takes no more. Idempotent.
    void stop();
    /// Since the start: those that read too slowly.
    [[nodiscard]] std::uint64_t cut() const { return cut_; }

 private:
    struct Open {
        Poco::Net::StreamSocket socket;
        std::shared_ptr<ByteStream> stream;
        Monotonic moved_at;  // the last byte went out, or nothing waited
        std::string sending;
    };
    void run();
    void wake();
    void adopt();
    /// False: the connection is over.
    bool serve(Open& open, short events, Monotonic now);
    bool write(Open& open, Monotonic now);
    static void close(Open& open);

    const std::chrono::milliseconds write_timeout_;
    const int waker_;  // an event descriptor
    std::atomic<std::uint64_t> cut_{0};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::vector<Open> fresh_;
    std::vector<Open> open_;  // of the thread alone
    std::thread thread_;
};

}  // namespace huiqiao::http
