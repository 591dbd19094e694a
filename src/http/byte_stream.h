#pragma once
// An answer without an end: what is sent into it goes out on the connection of the request, after the head, as long as
// both ends want it. Any thread may send; one thread of the server writes all streams (streams.h), so an open stream
// holds no thread. Bounded: who reads so slowly that more than most_unsent bytes would wait is cut off, never waited
// for. What of the sent bytes was read is not known here: the content must be such that a reader can come again and say
// where it stood.

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace huiqiao::http {

class ByteStream {
 public:
    explicit ByteStream(std::size_t most_unsent) : most_unsent_(most_unsent) {}
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    /// Whole or not at all. False: it is over, or was cut off just now.
    bool send(std::string_view bytes);
    /// What was sent still goes out, then the connection is closed.
    void end();
    /// As one that reads too slowly: what was sent and has not gone out is thrown away.
    void cut();
    /// Bytes that the writing thread has not taken yet; it takes more once it is rid of what it has.
    [[nodiscard]] std::size_t unsent() const;
    /// Nobody reads any more, or it was ended.
    [[nodiscard]] bool is_over() const;

 private:
    friend class Streams;
    enum class State { Open, Ended, Cut };
    void stop(State how);

    const std::size_t most_unsent_;
    mutable std::mutex mutex_;
    State state_ = State::Open;
    std::string unsent_;
    std::function<void()> wake_;  // the writing thread, once it has this stream
};

}  // namespace huiqiao::http
